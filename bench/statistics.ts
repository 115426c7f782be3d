/** Returns the quantile `share` (0 to 1) of the values; NaN for an empty list. */
export const quantile = (values: number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

export const median = (values: number[]): number => quantile(values, 0.5);
