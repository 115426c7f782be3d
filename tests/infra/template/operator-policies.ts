import {
  AdminAddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Server } from "node:http";
import { serve } from "@cognito-mfa-lifecycle/local-aws/server.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { commands } from "../../../cli/commands.ts";
import { run } from "../../../cli/run.ts";
import { names } from "../../../local/service-names.ts";
import { hour, minute } from "../../../shared/config/duration.ts";
import { plus } from "../../../shared/runtime/instants.ts";
import { windowOf } from "../../support/local-windows.ts";
import { aRecord } from "../../support/messages.ts";
import { permissionsFor } from "../../support/needed-permissions.ts";
import { noRow } from "../../support/no-row.ts";
import { covers, grantsOf, type Packaged, type PolicyDocument } from "../../support/packaged-template.ts";
import { startStack, type TestStack } from "../../support/stack.ts";
import type { Variant } from "./variants.ts";

/** The operator's commands and their exit codes. */
type Typed = [command: string, code: number];

/** On a pool without Email MFA, `open` also checks the pool's plan. */
const helpDeskTypes: Typed[] = [
  ["open user1@example.com --reason x", 0],
  ["open user1@example.com --reason x --stack-name lite", 34],
  ["list", 0],
  ["show user1@example.com", 0],
  ["extend user1@example.com --by 1h", 0],
  ["close user1@example.com --yes", 0],
];
const administratorTypes: Typed[] = [
  ["accept user4@example.com --until 2026-04-01 --reason x", 0],
  ["open user2@example.com --reason x --for 1h", 0],
  ["replan --grace 2h --apply all --reason x --yes", 0],
  ["failures", 0],
  ["redrive --yes", 0],
  ["retry --all-overdue", 0],
  ["export --from 2026-01-01 --to 2027-01-01 --format csv", 0],
  ["detach --yes", 0],
  ["attach --yes", 0],
  ["drill --yes", 0],
  // Exits with this code because of dead letters that cannot be moved.
  ["doctor", 50],
];

/** Permissions that operators need, but not in these lives. */
const rarelyNeeded: { pattern: RegExp; why: string }[] = [
  {
    pattern: /^dynamodb:DeleteItem on WindowsTable\.Arn of /,
    why: "a window is closed again when Email MFA could not be switched off",
  },
  { pattern: /^dynamodb:UpdateItem on WindowsTable\.Arn of /, why: "the same, when it was half closed already" },
  { pattern: /^cognito-idp:SetUserPoolMfaConfig /, why: "a change of the pool that undid its MFA is put right" },
  {
    pattern: /^cognito-idp:(Tag|Untag)Resource /,
    why: "UpdateUserPool writes the pool's tags; whether AWS asks for these where none change is unproven",
  },
];

/** Runs mfactl with exactly the permissions of its operators, as if the local stack were a stack in AWS. */
export const describeOperatorPolicies = (packaged: Packaged, variant: Variant): void =>
  describe("the operators' policies, compared with mfactl's calls", () => {
    const helpDesk = grantedBy(packaged, "HelpDeskPolicy");
    const administrator = [...helpDesk, ...grantedBy(packaged, "AdministratorPolicy")];
    const operators: Record<string, Operator> = {
      "help-desk": { allowed: new Set(helpDesk), used: new Set() },
      administrator: { allowed: new Set(administrator), used: new Set() },
    };
    const usedOf = (caller: string) => [...(operators[caller]?.used ?? [])];
    let caller = "";
    let stack: TestStack;
    let logs: Server;
    let type: (caller: string, typed: Typed[]) => Promise<Typed[]>;

    beforeAll(async () => {
      stack = await startStack({ GRACE_PERIOD: "1h", SCOPE: "group:staff" });
      await arrange(stack);
      stack.aws.endpoint.faults = (call) => refuseUnlessAllowed(operators[call.caller], call, variant);
      const served = await serve(async ({ headers }) => {
        const operation = headers["x-amz-target"]?.split(".").at(-1) ?? "";
        const call = { service: "logs", operation, input: {}, caller };
        const refused = refuseUnlessAllowed(operators[call.caller], call, variant);
        const type = { "content-type": "application/x-amz-json-1.1" };
        if (refused === undefined) return { status: 200, headers: type, body: "{}" };
        return { status: 400, headers: { ...type, "x-amzn-errortype": refused.code }, body: "{}" };
      }, 0);
      logs = served.server;
      type = async (operator, typed) => {
        caller = operator;
        const environment = environmentOf(operator, stack.aws.url, served.url);
        const ended: Typed[] = [];
        for (const [line] of typed) ended.push([line, await mfactl(stack, line, environment)]);
        return ended;
      };
    }, 60_000);
    afterAll(async () => {
      logs.closeAllConnections();
      logs.close();
      await stack.stop();
    });

    it("let the help desk open, list, show, extend and close", async () => {
      expect(await type("help-desk", helpDeskTypes)).toEqual(helpDeskTypes);
      expect(usedOf("help-desk").filter((one) => !isAllowed(one, helpDesk))).toEqual([]);
    }, 60_000);

    it("do not let the help desk accept a known case", async () => {
      const accepts: Typed[] = [["accept user3@example.com --until 2026-04-01 --reason x", 4]];
      expect(await type("help-desk", accepts)).toEqual(accepts);
      operators["help-desk"]?.used.delete("dynamodb:PutItem on WindowsTable.Arn of accepted#${Pool}");
    }, 60_000);

    it("allow the help desk only what these commands need", () => {
      expect(neverNeeded(helpDesk, usedOf("help-desk"))).toEqual([]);
    });

    it("let an administrator do all the rest", async () => {
      expect(await type("administrator", administratorTypes)).toEqual(administratorTypes);
      expect(usedOf("administrator").filter((one) => !isAllowed(one, administrator))).toEqual([]);
      const typed = [...helpDeskTypes, ...administratorTypes].map(([line]) => line.split(" ")[0]);
      expect(new Set(typed).size).toBe(commands.length);
    }, 120_000);

    it("allow an administrator only what the commands need", () => {
      expect(neverNeeded(administrator, usedOf("administrator"))).toEqual([]);
    });
  });

const neverNeeded = (granted: string[], used: string[]): string[] =>
  granted.filter(
    (one) => !used.some((needed) => covers(one, needed)) && !rarelyNeeded.some(({ pattern }) => pattern.test(one)),
  );

interface Operator {
  allowed: Set<string>;
  used: Set<string>;
}

const grantedBy = (packaged: Packaged, policy: string): string[] =>
  grantsOf(
    packaged.one<{ PolicyDocument: PolicyDocument }>("AWS::IAM::ManagedPolicy", policy).PolicyDocument.Statement,
  );

const isAllowed = (needed: string, granted: Iterable<string>): boolean =>
  [...granted].some((grant) => covers(grant, needed));

const refuseUnlessAllowed = (operator: Operator | undefined, call: Call, variant: Variant) => {
  if (operator === undefined) return undefined;
  const needed = permissionsFor(call, variant);
  for (const permission of needed) operator.used.add(permission);
  const lacking = needed.filter((permission) => !isAllowed(permission, operator.allowed));
  if (lacking.length === 0) return undefined;
  return { kind: "refuse" as const, code: "AccessDeniedException", message: `No ${lacking.join(", ")}.` };
};

/** Two users, letters in every dead-letter queue, a run of the reconciler, and another stack with a poor pool. */
const arrange = async (stack: TestStack): Promise<void> => {
  const { aws, cognito, outputs } = stack;
  const [GroupName, UserPoolId] = ["staff", stack.userPoolId];
  await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName }));
  const users = [await stack.user(), await stack.user()];
  for (const { username: Username } of users) {
    await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
  }
  aws.lambda.register("explain-alarm", async () => undefined, { timeoutMs: 1000 });
  const audited = { ...outputs, AuditLogGroupName: "audit", ExplainAlarmFunctionName: "explain-alarm" };
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: "lite", UserPoolTier: "LITE" }));
  const createdAt = aws.clock.now();
  aws.cloudFormation.put({ name: names.stack, createdAt, outputs: audited });
  aws.cloudFormation.put({ name: "lite", createdAt, outputs: { ...audited, UserPoolId: UserPool?.Id ?? "" } });
  const sqs = new SQSClient(aws.clientOptions("test"));
  for (const user of users) {
    const MessageBody = JSON.stringify(aRecord("signed-in", user, createdAt));
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs.RecordsDlqUrl, MessageBody }));
  }
  const { DueDlqUrl, TimerDlqUrl, ReconcileDlqUrl, ExplainAlarmDlqUrl, DrillDlqUrl } = outputs;
  for (const QueueUrl of [DueDlqUrl, TimerDlqUrl, ReconcileDlqUrl, ExplainAlarmDlqUrl, DrillDlqUrl]) {
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
  }
  await aws.clock.advanceBy(6 * minute);
  // Two windows past due without a try to close them yet. Accepting them starts a try.
  for (const windowId of ["overdue-3", "overdue-4"]) {
    const overdue = await stack.user({ emailMfa: false });
    const at = plus(aws.clock.now(), -2 * hour);
    await stack.operator.windows.open(windowOf(overdue.sub, at, hour, { ...overdue, windowId }), noRow, true);
  }
};

const environmentOf = (caller: string, url: string, logsUrl: string) => ({
  AWS_ACCESS_KEY_ID: caller,
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_ENDPOINT_URL: url,
  AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logsUrl,
});

const mfactl = async ({ aws }: TestStack, line: string, environment: Record<string, string>): Promise<number> => {
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text) };
  return run(["--region", aws.region, "--stack-name", names.stack, ...line.split(" ")], {
    environment,
    clock: { now: () => aws.clock.now(), sleep: (milliseconds) => aws.clock.advanceBy(milliseconds) },
    newId: () => `${line.split(" ")[0]}-${said.length}`,
    stdout: sink,
    stderr: sink,
  });
};
