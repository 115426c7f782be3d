/** Returns an id in the form of a UUID. `random` returns numbers in [0, 1); the same numbers make the same ids. */
export const randomId = (random: () => number): string => {
  const eightDigits = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  const hex = eightDigits() + eightDigits() + eightDigits() + eightDigits();
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};
