import {
  AdminCreateUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import fc from "fast-check";
import { randomUUID } from "node:crypto";
import { type LocalAws, startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { memoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { deployStack, type Stack } from "../../local/stack.ts";
import { hour } from "../../shared/config/duration.ts";
import { openByOperator } from "../../shared/lifecycle/operate.ts";
import { createSimulatedPool } from "../../simulation/pool.ts";
import { noRow } from "../support/no-row.ts";

let aws: LocalAws;
let stack: Stack;
let cognito: CognitoIdentityProviderClient;
let calls: Call[] = [];

beforeEach(async () => {
  calls = [];
  aws = await startLocalAws({
    start: new Date("2026-03-01T00:00:00.000Z"),
    dynamoDb: memoryDynamoDb(),
    cognito: { quotas: false },
    observe: (call) => calls.push(call),
  });
  stack = await deployStack(aws, randomUUID, { GRACE_PERIOD: "1h" }, { createPool: createSimulatedPool });
  cognito = new CognitoIdentityProviderClient({ ...aws.clientOptions("people"), requestHandler: aws.requestHandler });
});
afterEach(() => aws.stop());

const create = async (Username: string, hasEmailMfa: boolean): Promise<void> => {
  const { userPoolId: UserPoolId } = stack;
  const UserAttributes = [
    { Name: "email", Value: "somebody@example.com" },
    { Name: "email_verified", Value: "true" },
    { Name: "name", Value: Username },
  ];
  await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" }));
  const Password = "Kawaii-2026!";
  await cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }));
  if (!hasEmailMfa) return;
  const EmailMfaSettings = { Enabled: true, PreferredMfa: true };
  await cognito.send(new AdminSetUserMFAPreferenceCommand({ UserPoolId, Username, EmailMfaSettings }));
};
const user = (username: string) => {
  const found = [...aws.cognito.users(stack.userPoolId)].find((one) => one.username === username);
  if (found === undefined) throw new Error("There is no such user.");
  return found;
};
const forget = async (Username: string): Promise<void> => {
  await cognito.send(new ForgotPasswordCommand({ ClientId: stack.clientId, Username })).catch(() => undefined);
};
const windows = (username: string) =>
  stack.operator.windows.find({ userPoolId: stack.userPoolId, sub: user(username).sub });

it("takes users of every name that Cognito takes through a whole life", async () => {
  const name = fc.stringMatching(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,60}$/u).filter((text) => text.length <= 128);
  const names = new Set<string>();
  await fc.assert(
    fc.asyncProperty(name, async (username) => {
      fc.pre(!names.has(username));
      names.add(username);
      await create(username, true);
      const opened = await openByOperator(stack.operator, username, { by: "op", reason: "r" }, hour);
      expect(opened.kind).toBe("done");
      await forget(username);
      const ConfirmationCode = user(username).recoveryCode?.value;
      const Password = "Kawaii-2027!";
      await cognito.send(
        new ConfirmForgotPasswordCommand({ ClientId: stack.clientId, Username: username, ConfirmationCode, Password }),
      );
      await aws.clock.settle();
      expect((await windows(username)).open?.counts).toMatchObject({ "reset-requested": 1, "reset-confirmed": 1 });
      await aws.clock.advanceBy(2 * hour);
      expect((await windows(username)).lastClosed).toMatchObject({ outcome: "re-enabled", username });
      expect(user(username).activeFactors.has("EMAIL_OTP")).toBe(true);
    }),
    { numRuns: 25, examples: [[`o'brien"`], ["#"], [`\\"},{"`], ["{####}"], ["$&"], ["../../x"], ["名😀"]] },
  );
});

it("answers a flood of requests for one user with one window, an unmoved end, and a bounded number of calls", async () => {
  await create("flooded", false);
  await stack.operator.windows.noteLook(
    { userPoolId: stack.userPoolId, sub: user("flooded").sub },
    { known: true },
    noRow,
  );
  await forget("flooded");
  await aws.clock.settle();
  const { open } = await windows("flooded");
  const before = calls.length;
  // Cognito itself stops the flood after five an hour. A trigger that is still called must not do more.
  for (let more = 1; more <= 200; more += 1) {
    await aws.lambda.invoke("custom-message", {
      version: "1",
      triggerSource: "CustomMessage_ForgotPassword",
      userPoolId: stack.userPoolId,
      userName: "flooded",
      request: { userAttributes: { sub: user("flooded").sub }, codeParameter: "{####}" },
      response: {},
    });
  }
  await aws.clock.settle();
  const after = await windows("flooded");
  expect(after.open?.windowId).toBe(open?.windowId);
  expect(after.open?.dueAt).toEqual(open?.dueAt);
  expect(after.open?.counts["reset-requested"]).toBe(201);
  const made = calls.slice(before).filter(({ caller }) => caller !== "operator");
  // One message, one look at the window, one write; five workers at once may have to look and write again.
  expect(made.filter(({ service }) => service === "SQS")).toHaveLength(200);
  expect(made.filter(({ service }) => service === "cognito-idp")).toHaveLength(0);
  expect(made.filter(({ service }) => service === "Scheduler")).toHaveLength(0);
  expect(made.filter(({ operation }) => operation === "UpdateItem").length).toBeLessThanOrEqual(5 * 200);
});

it("opens no window for a flood over many protected users, and looks each of them up once a request", async () => {
  const many = Array.from({ length: 40 }, (_, index) => `many-${index}`);
  for (const username of many) await create(username, true);
  const before = calls.length;
  for (const username of many) {
    await aws.lambda.invoke("custom-message", {
      version: "1",
      triggerSource: "CustomMessage_ForgotPassword",
      userPoolId: stack.userPoolId,
      userName: username,
      request: { userAttributes: { sub: user(username).sub }, codeParameter: "{####}" },
      response: {},
    });
  }
  await aws.clock.settle();
  const made = calls.slice(before).map(({ operation }) => operation);
  const count = (operation: string) => made.filter((one) => one === operation).length;
  // The table has no rows of these users: it is read once more, and remembers that they are known.
  for (const operation of ["SendMessage", "GetItem", "Query", "AdminGetUser", "PutItem", "UpdateItem"]) {
    expect([operation, count(operation)]).toEqual([operation, 40]);
  }
  expect(made).toHaveLength(6 * 40);
  expect((await windows("many-7")).open).toBeUndefined();
});
