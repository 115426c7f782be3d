/** The changes of an update to the attributes of an item. An attribute that is undefined in `set` is removed. */
export interface Changes {
  set: Record<string, unknown>;
  /** Written if the item has no such attribute yet. */
  setIfAbsent?: Record<string, unknown>;
}

/**
 * Returns the members of UpdateItem for these changes. It needs at least one attribute to write.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export const updateExpression = ({ set, setIfAbsent = {} }: Changes) => {
  const written = Object.entries(set).filter(([, value]) => value !== undefined);
  const absent = Object.entries(setIfAbsent);
  const removed = Object.keys(set).filter((name) => set[name] === undefined);
  const assignments = [
    ...written.map(([name]) => `#${name} = :${name}`),
    ...absent.map(([name]) => `#${name} = if_not_exists(#${name}, :${name})`),
  ];
  const removal = removed.length === 0 ? "" : ` REMOVE ${removed.map((name) => `#${name}`).join(", ")}`;
  const used = [...written, ...absent];
  return {
    UpdateExpression: `SET ${assignments.join(", ")}${removal}`,
    ExpressionAttributeNames: Object.fromEntries(
      [...used.map(([name]) => name), ...removed].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: Object.fromEntries(used.map(([name, value]) => [`:${name}`, value])),
  };
};
