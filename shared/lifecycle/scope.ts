import type { Deps } from "./deps.ts";

/** Whether the policy covers the user; `known` is whether Email MFA was ever seen on. */
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
