/** The value below which `share` of the values lie; of an empty list NaN. */
export const quantile = (values: number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

export const median = (values: number[]): number => quantile(values, 0.5);
