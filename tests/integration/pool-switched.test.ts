import { InitiateAuthCommand, SetUserPoolMfaConfigCommand } from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Behaviour, defaultBehaviour } from "@cognito-mfa-lifecycle/local-aws/cognito/behaviour.ts";
import { minute } from "../../shared/config/duration.ts";
import { openByOperator } from "../../shared/lifecycle/operate.ts";
import { plus } from "../../shared/runtime/instants.ts";
import { failureWords } from "../../shared/telemetry/failure-words.ts";
import type { Window } from "../../shared/windows/window.ts";
import { aBatch, aRecord } from "../support/messages.ts";
import { password, startStack, type TestStack, type TestUser } from "../support/stack.ts";

let stack: TestStack;
const deploy = async (behaviour: Partial<Behaviour>) => {
  stack = await startStack(
    { GRACE_PERIOD: "30m" },
    { cognito: { behaviour: { ...defaultBehaviour(), ...behaviour } } },
  );
};
afterEach(() => stack.stop());

const switchPool = (MfaConfiguration: "OFF" | "ON" | "OPTIONAL") =>
  stack.cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: stack.userPoolId,
      MfaConfiguration,
      ...(MfaConfiguration !== "OFF" && { EmailMfaConfiguration: {} }),
    }),
  );
const exempt = async (): Promise<{ user: TestUser; window: Window }> => {
  const user = await stack.user({ emailMfa: false });
  await stack.aws.lambda.invoke("record-reset", aBatch(aRecord("reset-confirmed", user, stack.aws.clock.now())));
  const { open } = await stack.find(user);
  if (open === undefined) throw new Error("No window was opened.");
  return { user, window: open };
};
const signIn = async ({ email }: TestUser) =>
  stack.cognito.send(
    new InitiateAuthCommand({
      ClientId: stack.clientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    }),
  );
const pastDue = ({ dueAt }: Window) => stack.aws.clock.advanceTo(plus(dueAt, 20 * minute));
const failures = () =>
  stack.telemetry.values.filter(({ metric }) => metric === "ReEnableFailed").map(({ dimension }) => dimension?.value);
const overdue = () => stack.telemetry.values.findLast(({ metric }) => metric === "WindowsOverdue")?.value;

describe("a pool whose MFA was switched off under open windows", () => {
  it.each(["refused", "ignored"] as const)("keeps them open and says why, where enabling is %s", async (side) => {
    await deploy({ enablingWhereMfaIsOff: side });
    const { user, window } = await exempt();
    await switchPool("OFF");
    await pastDue(window);
    expect((await stack.find(user)).open?.lastFailure?.error).toBe("PoolMfaOff");
    expect(new Set(failures())).toEqual(new Set(["PoolMfaOff"]));
    expect(overdue()).toBe(1);
    expect(failureWords("PoolMfaOff").meaning).toContain("MFA is off in the user pool");
    await switchPool("OPTIONAL");
    await stack.aws.clock.advanceBy(20 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("does not take a factor that is still listed for proof: no sign-in asks for it", async () => {
    await deploy({});
    const { user, window } = await exempt();
    await stack.setEmailMfa(user, true);
    await switchPool("OFF");
    expect((await signIn(user)).AuthenticationResult).toBeDefined();
    await stack.aws.clock.advanceBy(minute);
    const { open } = await stack.find(user);
    expect(open?.counts["signed-in"]).toBe(1);
    await pastDue(window);
    expect((await stack.find(user)).open?.lastFailure?.error).toBe("PoolMfaOff");
    await switchPool("OPTIONAL");
    await stack.aws.clock.advanceBy(20 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "already-enabled" });
  });
});

it("keeps an operator's window open that got no timer where MFA is off: a listed factor proves nothing", async () => {
  await deploy({});
  const user = await stack.user();
  await switchPool("OFF");
  stack.aws.endpoint.faults = ({ operation }) =>
    operation === "CreateSchedule" ? { kind: "server-error" } : undefined;
  await expect(openByOperator(stack.operator, user.username, { by: "ivy" }, 30 * minute)).rejects.toThrow();
  stack.aws.endpoint.faults = () => undefined;
  expect(await stack.find(user)).toMatchObject({ open: { openedBy: { by: "ivy" } } });
  await switchPool("OPTIONAL");
  await stack.aws.clock.advanceBy(50 * minute);
  expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "already-enabled" });
});

describe("a pool that requires MFA since windows were opened", () => {
  it("keeps them open and says why, where it lists no factor, though everybody is asked", async () => {
    await deploy({ changesWhereMfaIsRequired: "unlisted" });
    const { user, window } = await exempt();
    await switchPool("ON");
    await pastDue(window);
    expect((await signIn(user)).ChallengeName).toBe("EMAIL_OTP");
    expect((await stack.find(user)).open?.lastFailure?.error).toBe("PoolMfaRequired");
    expect(new Set(failures())).toEqual(new Set(["PoolMfaRequired"]));
    expect(overdue()).toBe(1);
    expect(failureWords("PoolMfaRequired").meaning).toContain("requires MFA");
    await switchPool("OPTIONAL");
    await stack.aws.clock.advanceBy(20 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "re-enabled" });
  });

  it("closes them where it lists the factor: it is on, and everybody is asked", async () => {
    await deploy({ changesWhereMfaIsRequired: "listed" });
    const { user, window } = await exempt();
    await switchPool("ON");
    await pastDue(window);
    expect((await stack.find(user)).lastClosed).toMatchObject({
      outcome: "re-enabled",
      evidence: { after: { active: ["EMAIL_OTP"] } },
    });
    expect((await signIn(user)).ChallengeName).toBe("EMAIL_OTP");
  });
});

describe("an unreadable setting of the pool", () => {
  it("does not keep Email MFA off: the window closes when it can be read", async () => {
    await deploy({});
    const { user, window } = await exempt();
    stack.aws.endpoint.faults = ({ operation }) =>
      operation === "GetUserPoolMfaConfig" ? { kind: "throttle" } : undefined;
    await pastDue(window);
    expect(await stack.hasEmailMfa(user)).toBe(true);
    expect((await stack.find(user)).open?.lastFailure?.error).toBe("TooManyRequestsException");
    stack.aws.endpoint.faults = () => undefined;
    await stack.aws.clock.advanceBy(20 * minute);
    expect((await stack.find(user)).lastClosed).toMatchObject({ outcome: "already-enabled" });
  });
});
