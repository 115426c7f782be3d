/**
 * Returns the partition of the WINDOWS table that holds a ledger. It cannot be a user's, which begins with the id of a
 * pool and so has an underscore before its `#`. The condition key `dynamodb:LeadingKeys` limits roles to it:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export const ledgerPartition = (name: string, userPoolId: string): string => `${name}#${userPoolId}`;
