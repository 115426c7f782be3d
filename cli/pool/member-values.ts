/** Every value in `value` by its path. A list is one value, whatever its order; what is undefined or null is not there. */
const memberValues = (value: unknown, path = ""): [path: string, value: string][] => {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || value instanceof Date) return [[path, JSON.stringify(value)]];
  if (Array.isArray(value)) return [[path, JSON.stringify(value.map(canonical).sort())]];
  const members = Object.entries(value);
  if (members.length === 0) return [];
  return members.flatMap(([name, member]) => memberValues(member, path === "" ? name : `${path}.${name}`));
};

const canonical = (value: unknown): string => JSON.stringify(memberValues(value).sort());

/** The paths at which two objects differ. An empty object or list is as good as none. */
export const differences = (one: unknown, other: unknown): string[] => {
  const [ones, others] = [new Map(memberValues(one)), new Map(memberValues(other))];
  const paths = new Set([...ones.keys(), ...others.keys()]);
  return [...paths].filter((path) => (ones.get(path) ?? "[]") !== (others.get(path) ?? "[]"));
};

/** The paths of all that has a name in `value`, those of lists without their indexes. */
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
