import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { minute } from "../../shared/config/duration.ts";
import { type MfactlStack, startMfactlStack } from "../support/mfactl-stack.ts";

let stack: MfactlStack;

beforeEach(async () => {
  stack = await startMfactlStack();
});
afterEach(() => stack.aws.stop());

const triggers = async () =>
  Object.keys(
    (await stack.cognito.describeUserPool({ UserPoolId: stack.userPoolId })).UserPool?.LambdaConfig ?? {},
  ).sort();

describe("mfactl attach and detach", () => {
  it("ask first, take no for an answer, and undo each other", async () => {
    expect(await stack.mfactl(["detach"], { answer: "no" })).toMatchObject({ code: 6 });
    expect(await stack.mfactl(["detach"])).toMatchObject({ code: 6, stderr: expect.stringContaining("--yes") });
    expect(await triggers()).toHaveLength(3);
    expect(await stack.mfactl(["detach"], { answer: "yes" })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("The triggers are detached."),
      stderr: expect.stringContaining(
        "PostConfirmation: arn:aws:lambda:us-east-1:000000000000:function:post-confirmation → none",
      ),
    });
    expect(await triggers()).toEqual([]);
    expect(await stack.mfactl(["attach", "--dry-run"])).toMatchObject({ code: 0 });
    expect(await triggers()).toEqual([]);
    expect(await stack.json("attach", "--yes")).toMatchObject({ outcome: "changed", displaced: [] });
    expect(await triggers()).toEqual(["CustomMessage", "PostAuthentication", "PostConfirmation"]);
  });

  it("end with a code of its own where another function is in the way", async () => {
    await stack.mfactl(["detach", "--yes"]);
    const { UserPool } = await stack.cognito.describeUserPool({ UserPoolId: stack.userPoolId });
    await stack.cognito.updateUserPool({
      UserPoolId: stack.userPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailConfiguration: UserPool?.EmailConfiguration,
      AccountRecoverySetting: UserPool?.AccountRecoverySetting,
      LambdaConfig: { PostConfirmation: stack.aws.lambda.arn("theirs") },
    });
    expect(await stack.mfactl(["attach", "--yes"])).toMatchObject({
      code: 40,
      stderr: expect.stringMatching(/function:theirs[^]*You have two options/),
    });
  });
});

describe("mfactl doctor", () => {
  it("ends with 0 where all is well, and with 50 where something is wrong", async () => {
    await stack.aws.clock.advanceBy(6 * minute);
    expect(await stack.mfactl(["doctor"])).toMatchObject({ code: 0, stderr: "" });
    await stack.mfactl(["detach", "--yes"]);
    expect(await stack.mfactl(["doctor"])).toMatchObject({
      code: 50,
      stdout: expect.stringContaining("✗ trigger CustomMessage"),
    });
    const { stdout } = await stack.mfactl(["doctor", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, findings: expect.arrayContaining([]) });
  });
});

describe("mfactl drill", () => {
  it("takes its own user through an exemption, by the timer, and leaves nothing", async () => {
    expect(await stack.json("drill", "--yes")).toMatchObject({
      evidence: { before: { active: [] }, after: { active: ["EMAIL_OTP"] } },
    });
    expect((await stack.cognito.listUsers({ UserPoolId: stack.userPoolId })).Users).toEqual([]);
  });

  it("refuses a window that is no duration, or too long to wait for", async () => {
    for (const window of ["soon", "2h"]) {
      expect(await stack.mfactl(["drill", "--for", window, "--yes"])).toMatchObject({ code: 2 });
    }
  });

  it("ends with a code of its own when Email MFA does not come back", async () => {
    stack.aws.endpoint.faults = ({ caller, operation }) =>
      caller === "re-enable-mfa" && operation === "AdminSetUserMFAPreference" ? { kind: "no-effect" } : undefined;
    expect(await stack.mfactl(["drill", "--for", "1m", "--yes"])).toMatchObject({
      code: 51,
      stderr: expect.stringContaining("The drill failed at wait: NotClosed"),
    });
    expect((await stack.cognito.listUsers({ UserPoolId: stack.userPoolId })).Users).toEqual([]);
  });
});
