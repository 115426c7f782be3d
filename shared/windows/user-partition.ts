import type { UserKey } from "../users/user-key.ts";

/** The partition of the WINDOWS table in which all items of a user stand. */
export const partition = (user: UserKey): string => `${user.userPoolId}#${user.sub}`;
