import { beforeAll, describe, expect, it } from "@jest/globals";
import { neededByAws, permissionsFor } from "../../support/needed-permissions.ts";
import {
  covers,
  grantsOf,
  type Lambda,
  type Packaged,
  pointsAt,
  type PolicyDocument,
  type Reference,
} from "../../support/packaged-template.ts";
import { callsOfLives } from "./lives.ts";
import type { Variant } from "./variants.ts";

const service = "cognito-mfa-lifecycle-prod-";

interface Role {
  Policies: { PolicyDocument: PolicyDocument }[];
}

interface RolePolicy {
  RoleName: Reference;
  PolicyDocument: PolicyDocument;
}

/** Runs the functions on the local stack, and compares their calls with the permissions of their roles. */
export const describeLeastPrivilege = (packaged: Packaged, variant: Variant): void =>
  describe("the roles, compared with the functions' calls", () => {
    const roleOf = rolesOf(packaged);
    /** Returns the permissions of each caller's role, as "action on resource". */
    const allowed = new Map(
      [...roleOf].map(([caller, role]) => [
        caller,
        new Set(grantsOf(documentsOf(packaged, role).flatMap(({ Statement }) => Statement))),
      ]),
    );
    /** The permissions that each caller's calls need. */
    const used = new Map<string, Set<string>>();
    beforeAll(async () => {
      for (const call of await callsOfLives()) {
        if (!allowed.has(call.caller)) continue;
        const permissions = used.get(call.caller) ?? new Set();
        used.set(call.caller, permissions);
        for (const permission of permissionsFor(call, variant)) permissions.add(permission);
      }
    }, 180_000);

    it("does nothing that its role does not allow, whichever function it is", () => {
      const denied = [...used].flatMap(([caller, permissions]) =>
        [...permissions]
          .filter((permission) => ![...(allowed.get(caller) ?? [])].some((grant) => covers(grant, permission)))
          .map((one) => `${caller}: ${one}`),
      );
      expect(denied).toEqual([]);
    });

    it("is allowed only what a call used, except what AWS itself does with the role", () => {
      const unused = [...allowed].flatMap(([caller, permissions]) =>
        [...permissions]
          .filter((grant) => ![...(used.get(caller) ?? [])].some((permission) => covers(grant, permission)))
          .filter((permission) => !isNeededByAws(permission, roleOf.get(caller) ?? ""))
          .map((permission) => `${caller}: ${permission}`),
      );
      expect(unused).toEqual([]);
    });

    it("was tried on every function that has a role", () => {
      expect([...used.keys()].sort()).toEqual([...allowed.keys()].sort());
    });
  });

const rolesOf = (packaged: Packaged): Map<string, string> => {
  const roles = packaged
    .all<Lambda>("AWS::Lambda::Function")
    .map(({ FunctionName, Role }): [string, string] => [
      FunctionName.slice(service.length),
      pointsAt(Role).replace(/^\$\{|\.Arn\}?$/g, ""),
    ]);
  return new Map([...roles, ["scheduler", "TimerRole"]]);
};

/** Returns the statements in the role itself and in the policies attached to it. */
const documentsOf = (packaged: Packaged, role: string): PolicyDocument[] => [
  ...packaged.one<Role>("AWS::IAM::Role", role).Policies.map(({ PolicyDocument }) => PolicyDocument),
  ...packaged
    .all<RolePolicy>("AWS::IAM::RolePolicy")
    .filter(({ RoleName }) => pointsAt(RoleName) === role)
    .map(({ PolicyDocument }) => PolicyDocument),
];

const isNeededByAws = (permission: string, role: string): boolean =>
  neededByAws.some(({ pattern, roles }) => pattern.test(permission) && (roles?.includes(role) ?? true));
