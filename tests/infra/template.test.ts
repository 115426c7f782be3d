import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { day } from "../../shared/duration.ts";
import { parsePolicy, policyFromEnvironment } from "../../shared/policy.ts";
import { openItem, overdueRefFrom } from "../../shared/window-items.ts";
import { openWindow } from "../../shared/window.ts";
import {
  listOf,
  packageService,
  pointsAt,
  resourcesOf,
  type EventSourceMapping,
  type InvokePermission,
  type Lambda,
  type PolicyDocument,
  type Queue,
  type Reference,
  type Role,
  type Table,
  type Template,
} from "../support/packaged-template.ts";
import { environments, powertools } from "./expected-environments.ts";
import { permissions, wildcards } from "./expected-permissions.ts";

const names = Object.keys(environments);
const fourteenDays = 14 * 24 * 60 * 60;

let folder: string;
let template: Template;
let lambdas: Map<string, Lambda>;
let queues: Map<string, Queue>;

const lambdaNamed = (name: string): Lambda => {
  const found = [...lambdas.values()].find((lambda) => lambda.FunctionName === `cognito-mfa-lifecycle-prod-${name}`);
  if (!found) throw new Error(`The template has no function ${name}.`);
  return found;
};
const all = <Properties>(type: string): Properties[] => [...resourcesOf<Properties>(template, type).values()];
const find = <Properties>(properties: Map<string, Properties>, id: string): Properties => {
  const found = properties.get(id.replace(/\.Arn$/, ""));
  if (!found) throw new Error(`The template has no ${id} of that type.`);
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packaged-"));
  const given = ["userPoolId=eu-west-1_Example00", "alarmEmail=alarms@example.com"].flatMap((one) => ["--param", one]);
  template = await packageService(folder, "--stage", "prod", "--region", "eu-west-1", ...given);
  lambdas = resourcesOf(template, "AWS::Lambda::Function");
  queues = resourcesOf(template, "AWS::SQS::Queue");
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

describe("the functions", () => {
  it("are the six of the design", () => {
    expect(names.map((name) => lambdaNamed(name).FunctionName)).toHaveLength(lambdas.size);
  });

  it.each(Object.entries(environments))("%s gets the environment it reads", (name, variables) => {
    const environment = Object.keys(lambdaNamed(name).Environment.Variables);
    expect(environment.sort()).toEqual([...variables, ...powertools].sort());
  });

  it("get the defaults of the policy where the stage sets nothing", () => {
    const environment: Record<string, string> = {};
    for (const name of names) {
      for (const [variable, value] of Object.entries(lambdaNamed(name).Environment.Variables)) {
        environment[variable] = pointsAt(value);
      }
    }
    expect(policyFromEnvironment(environment)).toEqual(parsePolicy({}));
  });

  it("name their metrics after the service and the stage, which the alarms of another stage do not watch", () => {
    const services = names.map((name) => lambdaNamed(name).Environment.Variables.POWERTOOLS_SERVICE_NAME);
    expect(services).toEqual(names.map(() => "cognito-mfa-lifecycle-prod"));
  });

  it.each(names)("%s runs on Node.js 24, arm64", (name) => {
    expect(lambdaNamed(name)).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
  });

  it.each(names)("%s is a zip that holds its bundle and nothing else", async (name) => {
    const zip = await readFile(join(folder, `${name}.zip`));
    // The end record of a zip without a comment: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16
    const entries = zip.readUInt16LE(zip.length - 12);
    expect(entries).toBe(1);
    expect(zip.includes(lambdaNamed(name).Handler.replace(".handler", ".mjs"))).toBe(true);
  });

  it.each(["custom-message", "post-confirmation", "post-authentication"])(
    "%s ends within the five seconds that Cognito waits",
    (name) => {
      expect(lambdaNamed(name).Timeout).toBeLessThanOrEqual(5);
    },
  );

  it("keep their logs for a stated time", () => {
    const groups = all<{ LogGroupName: string; RetentionInDays?: number }>("AWS::Logs::LogGroup");
    expect(groups.map((group) => group.LogGroupName).sort()).toEqual(
      names.map((name) => `/aws/lambda/${lambdaNamed(name).FunctionName}`).sort(),
    );
    expect(groups.every((group) => group.RetentionInDays === 400)).toBe(true);
  });
});

describe("the asynchronous hops", () => {
  const mappings = () => all<EventSourceMapping>("AWS::Lambda::EventSourceMapping");

  it("from a queue report partial failures and end in a dead-letter queue", () => {
    expect(mappings()).toHaveLength(2);
    for (const mapping of mappings()) {
      const { RedrivePolicy } = find(queues, pointsAt(mapping.EventSourceArn));
      expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
      expect(RedrivePolicy?.maxReceiveCount).toBe(100);
      expect(queues.has(pointsAt(RedrivePolicy?.deadLetterTargetArn ?? "").replace(".Arn", ""))).toBe(true);
    }
  });

  it("to re-enable-mfa go to the two workers that share the rate between them", () => {
    const mapping = mappings().find(({ EventSourceArn }) => pointsAt(EventSourceArn) === "DueQueue.Arn");
    expect(mapping?.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });

  it("from a queue hide a message for at least six times the consumer's timeout", () => {
    for (const mapping of mappings()) {
      const { VisibilityTimeout } = find(queues, pointsAt(mapping.EventSourceArn));
      const { Timeout } = find(lambdas, pointsAt(mapping.FunctionName));
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    }
  });

  it("from a rule keep a failed run in a dead-letter queue", () => {
    const rules = all<{ Targets: { Arn: Reference }[] }>("AWS::Events::Rule");
    const configs = all<{
      FunctionName: Reference;
      DestinationConfig: { OnFailure: { Destination: Reference } };
    }>("AWS::Lambda::EventInvokeConfig");
    expect(rules).toHaveLength(1);
    for (const { Arn } of rules.flatMap((rule) => rule.Targets)) {
      const config = configs.find((one) => `${pointsAt(one.FunctionName)}.Arn` === pointsAt(Arn));
      expect(queues.has(pointsAt(config?.DestinationConfig.OnFailure.Destination ?? "").replace(".Arn", ""))).toBe(
        true,
      );
    }
  });

  it("from a timer have a dead-letter queue of their own", () => {
    const { TIMER_DLQ_ARN, DUE_QUEUE_ARN } = lambdaNamed("record-reset").Environment.Variables;
    expect(pointsAt(TIMER_DLQ_ARN ?? "")).toBe("TimerDlq.Arn");
    expect(pointsAt(DUE_QUEUE_ARN ?? "")).toBe("DueQueue.Arn");
    expect(find(queues, "TimerDlq").RedriveAllowPolicy).toEqual({ redrivePermission: "denyAll" });
  });
});

describe("the queues", () => {
  it("are encrypted and keep a message as long as SQS can", () => {
    expect(queues.size).toBe(6);
    for (const queue of queues.values()) {
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: fourteenDays });
    }
  });

  it("take dead letters from their own queue only", () => {
    for (const [id, queue] of queues) {
      if (!queue.RedrivePolicy) continue;
      const source = id === "RecordsQueue" ? "records" : "due";
      const allowed = find(queues, pointsAt(queue.RedrivePolicy.deadLetterTargetArn)).RedriveAllowPolicy;
      expect(allowed?.redrivePermission).toBe("byQueue");
      expect(allowed?.sourceQueueArns?.map(pointsAt)).toEqual([
        `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:cognito-mfa-lifecycle-prod-${source}`,
      ]);
    }
  });
});

describe("what must not be lost", () => {
  it("is a table with recovery, protection, encryption and expiry, kept when the stack goes", () => {
    expect(template.Resources.WindowsTable).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      },
    });
  });

  it("is found by reconcile in the index with all that it reads", () => {
    const now = new Date("2026-01-15T10:00:00.000Z");
    const user = { userPoolId: "eu-west-1_Example00", sub: "sub", username: "name", factors: { active: [] } };
    const opened = {
      windowId: "id",
      user,
      origin: "drift",
      at: now,
      gracePeriod: day,
      policy: parsePolicy({}),
      now,
    } as const;
    const item = openItem({ ...openWindow(opened), attempts: 1, nextTryAt: now });
    const indexes = find(resourcesOf<Table>(template, "AWS::DynamoDB::Table"), "WindowsTable").GlobalSecondaryIndexes;
    expect(indexes.map(({ IndexName }) => IndexName)).toEqual(["due"]);
    const held = indexes.flatMap(({ KeySchema, Projection }) => [
      ...KeySchema.map(({ AttributeName }) => AttributeName),
      ...Projection.NonKeyAttributes,
    ]);
    const inIndex = Object.fromEntries(Object.entries(item).filter(([name]) => held.includes(name)));
    expect(overdueRefFrom(inIndex)).toEqual(overdueRefFrom(item));
  });

  it("is the group with the timers, kept when the stack goes", () => {
    expect(template.Resources.ScheduleGroup).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
    });
  });
});

describe("the permissions", () => {
  const roles = () => resourcesOf<Role>(template, "AWS::IAM::Role");
  const statementsOf = (role: Role) => role.Policies.flatMap((policy) => policy.PolicyDocument.Statement);
  const permissionsOf = (role: Role): string[] =>
    statementsOf(role).flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) => listOf(Resource).map((resource) => `${action} on ${pointsAt(resource)}`)),
    );

  it("of each role are those it needs and no more", () => {
    const granted = Object.fromEntries([...roles()].map(([id, role]) => [id, permissionsOf(role).sort()]));
    expect(granted).toEqual(Object.fromEntries(Object.entries(permissions).map(([id, list]) => [id, list.sort()])));
  });

  it("name actions and resources without a wildcard, but where AWS allows none narrower", () => {
    for (const statement of [...roles().values()].flatMap(statementsOf)) {
      expect(statement.Effect).toBe("Allow");
      expect(listOf(statement.Action).filter((action) => action.includes("*"))).toEqual([]);
      const broad = listOf(statement.Resource)
        .map(pointsAt)
        .filter((resource) => resource.includes("*"));
      expect(broad.filter((resource) => !(resource in wildcards))).toEqual([]);
    }
  });

  it("are given to every function by a role of its own", () => {
    const given = names.map((name) => pointsAt(lambdaNamed(name).Role));
    expect(new Set(given).size).toBe(names.length);
  });

  it("let a timer's role be passed to EventBridge Scheduler only", () => {
    const passing = statementsOf(find(roles(), "RecordResetRole")).find(({ Action }) => Action === "iam:PassRole");
    expect(passing?.Condition).toEqual({ StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } });
  });

  it("let EventBridge Scheduler take the timers' role for this account's group only", () => {
    expect(find(roles(), "TimerRole").AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: "scheduler.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: {
            "aws:SourceAccount": { Ref: "AWS::AccountId" },
            "aws:SourceArn": { "Fn::GetAtt": ["ScheduleGroup", "Arn"] },
          },
        },
      },
    ]);
  });

  it("let Cognito call the three triggers for this account's pool only", () => {
    const invokers = all<InvokePermission>("AWS::Lambda::Permission");
    const byCognito = invokers.filter(({ Principal }) => Principal === "cognito-idp.amazonaws.com");
    expect(byCognito).toHaveLength(3);
    for (const { SourceAccount, SourceArn } of byCognito) {
      expect(SourceAccount).toEqual({ Ref: "AWS::AccountId" });
      expect(pointsAt(SourceArn ?? "")).toMatch(/:cognito-idp:.*:userpool\/eu-west-1_Example00$/);
    }
    expect(invokers.every(({ SourceArn }) => SourceArn !== undefined)).toBe(true);
  });

  it("refuse every queue to callers without TLS", () => {
    const policies = resourcesOf<{ Queues: Reference[]; PolicyDocument: PolicyDocument }>(
      template,
      "AWS::SQS::QueuePolicy",
    );
    const refusing = [...policies.values()].filter(({ Queues, PolicyDocument }) =>
      PolicyDocument.Statement.some(
        ({ Effect, Principal, Action, Resource, Condition }) =>
          Effect === "Deny" &&
          Principal === "*" &&
          Action === "sqs:*" &&
          listOf(Resource).map(pointsAt).join() === `${Queues.map(pointsAt).join()}.Arn` &&
          Condition?.Bool?.["aws:SecureTransport"] === "false",
      ),
    );
    expect(refusing.flatMap(({ Queues }) => Queues.map(pointsAt)).sort()).toEqual([...queues.keys()].sort());
  });
});
