import type { UserKey } from "../users/user-key.ts";

/** Returns the partition of the WINDOWS table that holds all items of a user. */
export const partition = (user: UserKey): string => `${user.userPoolId}#${user.sub}`;
