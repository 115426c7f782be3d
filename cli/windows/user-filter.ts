/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
const longestFilter = 256;

/**
 * The `Filter` of ListUsers for users whose attribute is `value`. Undefined if it would be too long for Cognito. That
 * needs more quotes and backslashes than any sub or address contains.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html: a filter's value is quoted.
 */
export const userFilter = (attribute: "email" | "sub", value: string): string | undefined => {
  const filter = `${attribute} = "${value.replace(/["\\]/g, "\\$&")}"`;
  return filter.length <= longestFilter ? filter : undefined;
};
