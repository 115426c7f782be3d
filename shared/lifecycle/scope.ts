import { emailMfaIsOn } from "../users/factors.ts";
import type { DirectoryUser } from "../users/user-directory.ts";
import type { UserRow } from "../windows/window-items.ts";
import type { Deps } from "./deps.ts";

/** Returns whether Email MFA is on, or was at any look at this user in the table. */
export const isKnown = ({ factors }: Pick<DirectoryUser, "factors">, { seen, lastClosed }: UserRow): boolean => {
  const looks = [factors, lastClosed?.factorsBefore, lastClosed?.evidence?.after];
  return (seen?.known ?? false) || looks.some((look) => look !== undefined && emailMfaIsOn(look));
};

/** Returns whether the policy covers the user. `known`: whether Email MFA was ever seen on. */
export const isInScope = async (
  { users, policy }: Pick<Deps, "users" | "policy">,
  username: string,
  known: boolean,
): Promise<boolean> => {
  switch (policy.scope.kind) {
    case "all":
      return true;
    case "known":
      return known;
    case "group":
      return users.isInGroup(username, policy.scope.group);
  }
};
