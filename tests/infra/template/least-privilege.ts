import { AdminDeleteUserCommand, CreateGroupCommand } from "@aws-sdk/client-cognito-identity-provider";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { minute } from "../../../shared/duration.ts";
import { plus } from "../../../shared/window.ts";
import { aBatch, aRecord, aTrigger } from "../../support/messages.ts";
import { neededByAws, permissionsFor } from "../../support/needed-permissions.ts";
import { type Lambda, listOf, type Packaged, pointsAt, type PolicyDocument } from "../../support/packaged-template.ts";
import { startStack, type TestStack, type TestUser } from "../../support/stack.ts";
import type { Variant } from "./variants.ts";

const service = "cognito-mfa-lifecycle-prod-";

interface Role {
  Policies: { PolicyDocument: PolicyDocument }[];
}

/** Runs the functions on the local stack, and holds what they called against what their roles allow. */
export const describeLeastPrivilege = (packaged: Packaged, { pool }: Variant): void =>
  describe("the roles, against what the functions call", () => {
    const roleOf = rolesOf(packaged);
    /** What the role of each caller allows, as "action on resource". */
    const allowed = new Map(
      [...roleOf].map(([caller, role]) => [caller, new Set(grantedBy(packaged.one<Role>("AWS::IAM::Role", role)))]),
    );
    /** What each caller did that needs a permission. */
    const used = new Map<string, Set<string>>();
    beforeAll(() => live(new Set(allowed.keys()), used, pool), 180_000);

    it("does nothing that its role does not allow, whichever function it is", () => {
      const denied = [...used].flatMap(([caller, permissions]) =>
        [...permissions]
          .filter((permission) => !allowed.get(caller)?.has(permission))
          .map((one) => `${caller}: ${one}`),
      );
      expect(denied).toEqual([]);
    });

    it("is allowed nothing that nobody ever used, but for what AWS itself does with the role", () => {
      const unused = [...allowed].flatMap(([caller, permissions]) =>
        [...permissions]
          .filter((permission) => used.get(caller)?.has(permission) !== true)
          .filter((permission) => !isNeededByAws(permission, roleOf.get(caller) ?? ""))
          .map((permission) => `${caller}: ${permission}`),
      );
      expect(unused).toEqual([]);
    });

    it("was tried on every function that has a role", () => {
      expect([...used.keys()].sort()).toEqual([...allowed.keys()].sort());
    });
  });

/** Functions that other tests try whole, and that are on nobody's way: what they may do is not looked at here. */
const elsewhere = ["explain-alarm", "drill"];

const rolesOf = (packaged: Packaged): Map<string, string> => {
  const roles = packaged
    .all<Lambda>("AWS::Lambda::Function")
    .map(({ FunctionName, Role }): [string, string] => [
      FunctionName.slice(service.length),
      pointsAt(Role).replace(/^\$\{|\.Arn\}?$/g, ""),
    ])
    .filter(([name]) => !elsewhere.includes(name));
  return new Map([...roles, ["scheduler", "TimerRole"]]);
};

const grantedBy = ({ Policies }: Role): string[] =>
  Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement).flatMap(({ Action, Resource }) =>
    listOf(Action).flatMap((action) => listOf(Resource).map((resource) => `${action} on ${pointsAt(resource)}`)),
  );

/** Lives in which every function does everything that it ever does. */
const live = async (callers: Set<string>, used: Map<string, Set<string>>, pool: string): Promise<void> => {
  for (const scope of ["all", "group:staff"]) {
    const stack = await startStack({ GRACE_PERIOD: "1h", SCOPE: scope, VERIFY_EVERY: "1h" });
    if (scope !== "all") {
      const { cognito, userPoolId: UserPoolId } = stack;
      await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: "staff" }));
    }
    await triggers(stack, await stack.user({ emailMfa: false }));
    await stack.aws.clock.advanceBy(2 * minute);
    await lateFactsAndOddMessages(stack);
    await stack.aws.clock.advanceBy(80 * minute);
    await failures(stack);
    for (const call of stack.calls) {
      if (!callers.has(call.caller)) continue;
      const permissions = used.get(call.caller) ?? new Set();
      used.set(call.caller, permissions);
      for (const permission of permissionsFor(call, pool)) permissions.add(permission);
    }
    await stack.stop();
  }
};

const triggers = async ({ aws }: TestStack, user: TestUser): Promise<void> => {
  const custom = aTrigger("CustomMessage_ForgotPassword", user, { codeParameter: "{####}" });
  await aws.lambda.invoke("custom-message", custom);
  await aws.lambda.invoke("post-confirmation", aTrigger("PostConfirmation_ConfirmForgotPassword", user));
  await aws.lambda.invoke("post-authentication", aTrigger("PostAuthentication_Authentication", user));
};

/** A window due at once, one that closes because Email MFA is on, one whose user is gone, a late fact, and rubbish. */
const lateFactsAndOddMessages = async (stack: TestStack): Promise<void> => {
  const { aws, cognito, userPoolId: UserPoolId } = stack;
  const now = aws.clock.now();
  const record = (...bodies: unknown[]) => aws.lambda.invoke("record-reset", aBatch(...bodies));
  const [late, on, gone] = [
    await stack.user({ emailMfa: false }),
    await stack.user({ emailMfa: false }),
    await stack.user({ emailMfa: false }),
  ];
  await record(
    aRecord("reset-confirmed", late, plus(now, -59 * minute)),
    aRecord("reset-confirmed", on, now),
    aRecord("reset-confirmed", gone, now),
    "rubbish",
  );
  await stack.setEmailMfa(on, true);
  await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: gone.username }));
  await record(aRecord("signed-in", on, now), aRecord("signed-in", gone, now));
  await aws.clock.advanceBy(5 * minute);
  await record(aRecord("signed-in", late, plus(now, -58 * minute)));
  await aws.lambda.invoke("re-enable-mfa", aBatch("rubbish"));
  const again = await stack.user({ emailMfa: false });
  await record(aRecord("reset-confirmed", again, aws.clock.now()));
  await aws.clock.advanceBy(10 * minute);
  await record(aRecord("reset-confirmed", again, aws.clock.now()));
};

/** A re-enable that fails, one that dies half-way, a lost timer, and a timer that nobody takes. */
const failures = async (stack: TestStack): Promise<void> => {
  const { aws } = stack;
  const exempt = async () => {
    const user = await stack.user({ emailMfa: false });
    await aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, aws.clock.now())));
    await aws.clock.settle();
  };
  await exempt();
  let left = 4;
  aws.endpoint.faults = ({ operation, caller }) =>
    operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" && (left -= 1) > 0
      ? { kind: "throttle" }
      : undefined;
  await aws.clock.advanceBy(70 * minute);
  await exempt();
  aws.lambda.crashes = ({ functionName, calls }) =>
    functionName === "re-enable-mfa" && calls === 7 ? "before" : undefined;
  await aws.clock.advanceBy(62 * minute);
  aws.lambda.crashes = () => undefined;
  await aws.clock.advanceBy(20 * minute);
  aws.scheduler.lateness = () => 24 * 60 * minute;
  await exempt();
  await aws.clock.advanceBy(80 * minute);
  aws.scheduler.lateness = () => 0;
  await exempt();
  aws.endpoint.faults = ({ input, caller }) =>
    caller === "scheduler" && String(input["QueueUrl"]).endsWith("/due") ? { kind: "server-error" } : undefined;
  await aws.clock.advanceBy(30 * 60 * minute);
  aws.endpoint.faults = () => undefined;
};

const isNeededByAws = (permission: string, role: string): boolean =>
  neededByAws.some(({ pattern, roles }) => pattern.test(permission) && (roles?.includes(role) ?? true));
