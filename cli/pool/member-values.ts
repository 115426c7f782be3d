/** Every value in `value` with its path. A list counts as one value in any order. Undefined and null are left out. */
const memberValues = (value: unknown, path = ""): [path: string, value: string][] => {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || value instanceof Date) return [[path, JSON.stringify(value)]];
  if (Array.isArray(value)) return [[path, JSON.stringify(value.map(canonical).sort())]];
  const members = Object.entries(value);
  if (members.length === 0) return [];
  return members.flatMap(([name, member]) => memberValues(member, path === "" ? name : `${path}.${name}`));
};

const canonical = (value: unknown): string => JSON.stringify(memberValues(value).sort());

/** The paths at which two objects differ. An empty object or list equals a missing one. */
export const differences = (one: unknown, other: unknown): string[] => {
  const [ones, others] = [new Map(memberValues(one)), new Map(memberValues(other))];
  const paths = new Set([...ones.keys(), ...others.keys()]);
  return [...paths].filter((path) => (ones.get(path) ?? "[]") !== (others.get(path) ?? "[]"));
};

/** The paths of all members of `value`. Items of lists have no index in their path. */
export const memberPaths = (value: unknown, path = ""): string[] => {
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  if (Array.isArray(value)) return value.flatMap((item) => memberPaths(item, path));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined && member !== null)
    .flatMap(([name, member]) => {
      const own = path === "" ? name : `${path}.${name}`;
      return [own, ...memberPaths(member, own)];
    });
};
