import type { Look } from "./seen.ts";

/**
 * The update of a user's `seen` item that writes what a look found, without having read the item: two looks at once both hold.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export const lookUpdate = ({ checkedAt, known, emailMfa, watchedUntil, driftedAt, expiresAt }: Look) => {
  const changes = Object.entries({
    checkedAt: checkedAt?.toISOString(),
    emailMfa,
    watchedUntil: watchedUntil?.toISOString(),
    driftedAt: driftedAt?.toISOString(),
    expiresAt: expiresAt && Math.floor(expiresAt.getTime() / 1000),
  }).filter(([, value]) => value !== undefined);
  const removed = [
    ...(checkedAt === undefined ? ["checkedAt"] : []),
    ...(expiresAt === undefined ? ["expiresAt"] : []),
  ];
  return {
    UpdateExpression: [
      `SET #known = ${known ? ":known" : "if_not_exists(#known, :known)"}`,
      ...changes.map(([name]) => `, #${name} = :${name}`),
      ...(removed.length === 0 ? [] : [` REMOVE ${removed.map((name) => `#${name}`).join(", ")}`]),
    ].join(""),
    ExpressionAttributeNames: Object.fromEntries(
      ["known", ...changes.map(([name]) => name), ...removed].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ":known": known,
      ...Object.fromEntries(changes.map(([name, value]) => [`:${name}`, value])),
    },
  };
};
