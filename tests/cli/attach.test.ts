import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Fault } from "@cognito-mfa-lifecycle/local-aws/faults.ts";
import { attachTriggers } from "../../cli/commands/attach-triggers.ts";
import { detachTriggers } from "../../cli/commands/detach-triggers.ts";
import { differences } from "../../cli/pool/member-values.ts";
import type { Stack } from "../../local/stack.ts";
import { operatorOf, startOperationsStack } from "../support/operations.ts";

let stack: Stack;
let operator: ReturnType<typeof operatorOf>;
let pool: string;

const theirs = "arn:aws:lambda:us-east-1:000000000000:function:theirs";
const ours = () => ({
  CustomMessage: stack.aws.lambda.arn("custom-message"),
  PostConfirmation: stack.aws.lambda.arn("post-confirmation"),
  PostAuthentication: stack.aws.lambda.arn("post-authentication"),
});

/** A pool where hardly any setting has its default. */
const createPool = async (LambdaConfig: Record<string, string>) => {
  const { cognito, lambda } = operator.connection;
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: "staff",
      LambdaConfig,
      Policies: { PasswordPolicy: { MinimumLength: 14, TemporaryPasswordValidityDays: 2, PasswordHistorySize: 5 } },
      DeletionProtection: "ACTIVE",
      AutoVerifiedAttributes: ["email"],
      EmailVerificationMessage: "Your code is {####}",
      EmailVerificationSubject: "Code",
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com",
        From: "Staff <staff@example.com>",
      },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "admin_only", Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, InviteMessageTemplate: { EmailSubject: "Welcome" } },
      UserPoolTags: { team: "identity" },
      UserPoolTier: "PLUS",
    }),
  );
  const UserPoolId = UserPool?.Id ?? "";
  await cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailMfaConfiguration: { Subject: "Second factor" },
    }),
  );
  for (const FunctionName of Object.values(ours())) {
    await lambda.send(
      new AddPermissionCommand({
        FunctionName,
        StatementId: "staff",
        Action: "lambda:InvokeFunction",
        Principal: "cognito-idp.amazonaws.com",
        SourceArn: UserPool?.Arn,
      }),
    );
  }
  operator.connection.outputs.UserPoolId = UserPoolId;
  return UserPoolId;
};

const read = async () => {
  const { UserPool } = await operator.connection.cognito.send(new DescribeUserPoolCommand({ UserPoolId: pool }));
  const { $metadata: _, ...mfa } = await operator.connection.cognito.send(
    new GetUserPoolMfaConfigCommand({ UserPoolId: pool }),
  );
  return { ...UserPool, LastModifiedDate: undefined, mfa };
};

/** Makes the operator's calls of an operation fail, one after the other. */
const faults = (operation: string, ...list: (Fault | undefined)[]) => {
  stack.aws.endpoint.faults = (call) =>
    call.operation === operation && call.caller === "operator" ? list.shift() : undefined;
};

beforeEach(async () => {
  stack = await startOperationsStack();
  operator = operatorOf(stack);
  stack.aws.lambda.register("theirs", async (event: unknown) => event, { timeoutMs: 3000 });
});
afterEach(() => stack.aws.stop());

describe("attach", () => {
  it("changes the three triggers and nothing else, where an update of the triggers alone would lose settings", async () => {
    pool = await createPool({ PreSignUp: theirs });
    const before = await read();
    await attachTriggers(operator.context, {});
    expect(differences(before, await read()).sort()).toEqual([
      "LambdaConfig.CustomMessage",
      "LambdaConfig.PostAuthentication",
      "LambdaConfig.PostConfirmation",
    ]);
    expect((await read()).LambdaConfig).toEqual({ PreSignUp: theirs, ...ours() });

    await operator.connection.cognito.send(new UpdateUserPoolCommand({ UserPoolId: pool, LambdaConfig: ours() }));
    expect(differences(before, await read())).toEqual(
      expect.arrayContaining([
        "AutoVerifiedAttributes",
        "DeletionProtection",
        "LambdaConfig.PreSignUp",
        "MfaConfiguration",
      ]),
    );
  });

  it("changes nothing where it is attached already, where it only shows, and where the answer is no", async () => {
    pool = await createPool({});
    const before = await read();
    await attachTriggers(operator.context, { dryRun: true });
    expect(operator.documents.at(-1)).toMatchObject({ outcome: "dry-run" });
    const cautious = operatorOf(stack, () => false);
    await expect(attachTriggers(cautious.context, {})).rejects.toThrow("Nothing was done.");
    expect(await read()).toEqual(before);
    await attachTriggers(operator.context, {});
    const attached = await read();
    await attachTriggers(operator.context, {});
    expect(operator.documents.at(-1)).toMatchObject({ outcome: "unchanged", changes: [] });
    expect(await read()).toEqual(attached);
  });

  it("refuses to displace another function, and names the two ways out", async () => {
    pool = await createPool({ PostConfirmation: theirs });
    const before = await read();
    await expect(attachTriggers(operator.context, {})).rejects.toMatchObject({
      kind: "trigger-taken",
      message: expect.stringContaining(theirs),
      next: expect.stringMatching(/recordMfaFacts[^]*--replace/),
    });
    expect(await read()).toEqual(before);
  });

  it("displaces another function on request, and detach puts it back", async () => {
    pool = await createPool({ PostConfirmation: theirs, PreSignUp: theirs });
    const before = await read();
    await attachTriggers(operator.context, { replace: true });
    expect((await read()).LambdaConfig).toEqual({ PreSignUp: theirs, ...ours() });
    await detachTriggers(operator.context, {});
    expect(differences(before, await read())).toEqual([]);
  });

  it("refuses where Cognito may not invoke the functions for this pool", async () => {
    pool = await createPool({});
    const { UserPool } = await operator.connection.cognito.send(new CreateUserPoolCommand({ PoolName: "other" }));
    operator.connection.outputs.UserPoolId = UserPool?.Id ?? "";
    await expect(attachTriggers(operator.context, {})).rejects.toMatchObject({ kind: "configuration" });
  });

  it("tries again when the pool is being changed, and gives up with the error when it goes on", async () => {
    pool = await createPool({});
    const busy: Fault = { kind: "refuse", code: "ConcurrentModificationException", message: "busy" };
    stack.aws.clock.sleep = async () => undefined;
    faults("UpdateUserPool", busy, busy);
    await attachTriggers(operator.context, {});
    expect((await read()).LambdaConfig).toEqual(ours());
    faults("UpdateUserPool", ...Array.from({ length: 9 }, () => busy));
    await expect(detachTriggers(operator.context, {})).rejects.toMatchObject({
      name: "ConcurrentModificationException",
    });
    expect((await read()).LambdaConfig).toEqual(ours());
  });

  it("writes nothing when the pool changes while it asks", async () => {
    pool = await createPool({});
    const { cognito } = operator.connection;
    const { context } = operator;
    context.confirm = async () => {
      await cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId: pool, MfaConfiguration: "OFF" }));
    };
    await expect(attachTriggers(context, {})).rejects.toMatchObject({ kind: "pool-changed" });
    expect((await read()).LambdaConfig).toEqual({});
  });

  it("restores the pool when more than the triggers has changed", async () => {
    pool = await createPool({});
    const before = await read();
    const { cognito } = operator.connection;
    const honest = cognito.send.bind(cognito);
    let updates = 0;
    cognito.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          updates += commandName === "UpdateUserPoolCommand" ? 1 : 0;
          const result = await next(args);
          if (commandName === "UpdateUserPoolCommand" && updates === 1) {
            await honest(new SetUserPoolMfaConfigCommand({ UserPoolId: pool, MfaConfiguration: "OFF" }));
          }
          return result;
        },
      { step: "initialize" },
    );
    await expect(attachTriggers(operator.context, {})).rejects.toMatchObject({
      kind: "pool-restored",
      details: { left: [] },
    });
    expect(await read()).toEqual(before);
  });

  it("finds that it did attach when the connection broke after the update", async () => {
    pool = await createPool({});
    faults("UpdateUserPool", { kind: "hang-up", effect: "after" });
    await attachTriggers(operator.context, {});
    expect(operator.documents.at(-1)).toMatchObject({ outcome: "changed" });
  });

  it("refuses a pool with an unknown setting, unless an option allows losing it", async () => {
    pool = await createPool({});
    const { requestHandler, clientOptions } = stack.aws;
    operator.connection.cognito = new CognitoIdentityProviderClient({
      ...clientOptions("operator"),
      requestHandler: {
        ...requestHandler,
        async handle(request: Parameters<typeof requestHandler.handle>[0]) {
          const { response } = await requestHandler.handle(request);
          const text = Buffer.from(response.body).toString();
          const novelty = text.replace('"UserPool":{', '"UserPool":{"Novelty":{"Level":3},');
          return { response: { ...response, body: new Uint8Array(Buffer.from(novelty)) } };
        },
      },
    });
    await expect(attachTriggers(operator.context, {})).rejects.toMatchObject({
      kind: "pool-unknown-setting",
      details: { unknown: ["Novelty", "Novelty.Level"] },
    });
    await attachTriggers(operator.context, { loseUnknown: true });
    expect((await read()).LambdaConfig).toEqual(ours());
  });
});

describe("detach", () => {
  it("takes out our functions alone", async () => {
    pool = await createPool({
      PreSignUp: theirs,
      CustomMessage: theirs,
      ...{ PostConfirmation: ours().PostConfirmation },
    });
    await detachTriggers(operator.context, {});
    expect((await read()).LambdaConfig).toEqual({ PreSignUp: theirs, CustomMessage: theirs });
    await detachTriggers(operator.context, {});
    expect(operator.documents.at(-1)).toMatchObject({ outcome: "unchanged" });
  });

  it("does not put back a function that does not exist any more", async () => {
    const gone = "arn:aws:lambda:us-east-1:000000000000:function:gone";
    pool = await createPool({ PostConfirmation: gone });
    await attachTriggers(operator.context, { replace: true });
    await detachTriggers(operator.context, {});
    expect((await read()).LambdaConfig).toEqual({});
    expect(operator.documents.at(-1)).toMatchObject({ gone: [gone] });
  });
});
