import { describe, expect, it } from "@jest/globals";
import {
  grantsOf,
  type InvokePermission,
  listOf,
  type Packaged,
  pointsAt,
  type PolicyDocument,
  type Queue,
  type Reference,
  type Statement,
} from "../../support/packaged-template.ts";
import { environments } from "./expected-environments.ts";
import { permissions, wildcards } from "./expected-permissions.ts";
import type { Variant } from "./variants.ts";

interface Role {
  AssumeRolePolicyDocument: PolicyDocument;
  Policies: { PolicyDocument: PolicyDocument }[];
}

const granted = (statements: Statement[]): string[] => grantsOf(statements).sort();

const stackAlarms = {
  "Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:cognito-mfa-lifecycle-prod-*",
};
const thisAccount = { Ref: "AWS::AccountId" };

export const describePermissions = (packaged: Packaged, variant: Variant) =>
  describe("gives permissions that", () => {
    const roles = packaged.resources<Role>("AWS::IAM::Role");
    const documents = new Map<string, Statement[]>([
      ...[...roles].map(
        ([id, { Policies }]) => [id, Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)] as const,
      ),
      ...["AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy"].flatMap((type) =>
        [...packaged.resources<{ PolicyDocument: PolicyDocument }>(type)].map(
          ([id, { PolicyDocument }]) => [id, PolicyDocument.Statement] as const,
        ),
      ),
    ]);
    const trusting = [
      ...[...roles].map(([id, role]) => [id, role.AssumeRolePolicyDocument] as const),
      ...["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"].flatMap((type) =>
        [...packaged.resources<{ PolicyDocument: PolicyDocument }>(type)].map(
          ([id, { PolicyDocument }]) => [id, PolicyDocument] as const,
        ),
      ),
      ...[...packaged.resources<{ KeyPolicy: PolicyDocument }>("AWS::KMS::Key")].map(
        ([id, { KeyPolicy }]) => [id, KeyPolicy] as const,
      ),
    ].flatMap(([id, { Statement }]) => Statement.map((statement) => ({ id, ...statement })));

    it("are what each role and each operator needs, and no more", () => {
      const expected = permissions(variant);
      expect(Object.fromEntries([...documents].map(([id, statements]) => [id, granted(statements)]))).toEqual(
        Object.fromEntries(Object.entries(expected).map(([id, list]) => [id, list.sort()])),
      );
    });

    it("name actions and resources without a wildcard, but where AWS allows none narrower", () => {
      for (const { Effect, Action, Resource } of [...documents.values()].flat()) {
        expect(Effect).toBe("Allow");
        expect(listOf(Action).filter((action) => action.includes("*"))).toEqual([]);
        const broad = listOf(Resource)
          .map(pointsAt)
          .filter((resource) => resource.includes("*"));
        expect(broad.filter((resource) => !(resource in wildcards))).toEqual([]);
      }
    });

    it("allow whole services only to the account that owns the key", () => {
      const broad = trusting.filter(
        ({ Effect, Action }) => Effect === "Allow" && listOf(Action).some((action) => action.includes("*")),
      );
      expect(broad.map(({ id, Action, Principal }) => ({ id, Action, Principal }))).toEqual(
        variant.topic === "AlarmTopic"
          ? [
              {
                id: "AlarmTopicKey",
                Action: "kms:*",
                Principal: { AWS: { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } },
              },
            ]
          : [],
      );
    });

    it("are open only to named principals", () => {
      const open = trusting.filter(
        ({ Effect, Principal }) => Effect === "Allow" && /^"\*"$|:"\*"/.test(JSON.stringify(Principal)),
      );
      expect(open).toEqual([]);
    });

    it("trust a service on behalf of this account only; Lambda's roles know no such condition", () => {
      const services = trusting.filter(({ Principal }) => typeof Principal === "object" && Principal.Service);
      const conditions = services
        .filter(({ Principal }) => typeof Principal === "object" && Principal.Service !== "lambda.amazonaws.com")
        .map(({ id, Condition }) => [id, Condition?.StringEquals?.["aws:SourceAccount"]]);
      const own = variant.topic === "AlarmTopic" ? ["AlarmTopicPolicy", "AlarmTopicKey"] : [];
      expect(conditions).toEqual(["TimerRole", ...own].map((id) => [id, thisAccount]));
    });

    it("come from a separate role for every function", () => {
      const names = Object.keys(environments);
      expect(new Set(names.map((name) => pointsAt(packaged.lambda(name).Role))).size).toBe(names.length);
    });

    it("fit into the 6,144 characters of a managed policy", () => {
      const policies = packaged.all<{ PolicyDocument: PolicyDocument }>("AWS::IAM::ManagedPolicy");
      expect(policies).toHaveLength(2);
      // References become longer ARNs: a third of the space is reserved for that.
      for (const { PolicyDocument } of policies) expect(JSON.stringify(PolicyDocument).length).toBeLessThan(4096);
    });

    it("let a timer's role be passed to EventBridge Scheduler only", () => {
      const passing = [...documents.values()].flat().filter(({ Action }) => listOf(Action).includes("iam:PassRole"));
      expect(passing).toHaveLength(3);
      for (const { Condition } of passing) {
        expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } });
      }
    });

    it("let EventBridge Scheduler take the timers' role for this stack's group only", () => {
      expect(roles.get("TimerRole")?.AssumeRolePolicyDocument.Statement).toEqual([
        {
          Effect: "Allow",
          Principal: { Service: "scheduler.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: {
              "aws:SourceAccount": thisAccount,
              "aws:SourceArn": { "Fn::GetAtt": ["ScheduleGroup", "Arn"] },
            },
          },
        },
      ]);
    });

    it("let functions be called by the pool, four alarms and three rules, and each of them for this account only", () => {
      const invokers = packaged.all<InvokePermission>("AWS::Lambda::Permission").map((permission) => [
        permission.Principal,
        pointsAt(permission.FunctionName).replace(/LambdaFunction\.Arn$/, ""),
        pointsAt(permission.SourceArn),
        // A rule's ARN contains the account.
        permission.Principal === "events.amazonaws.com" ? undefined : permission.SourceAccount,
      ]);
      const byPool = ["CustomDashmessage", "PostDashconfirmation", "PostDashauthentication"];
      const byAlarm = [
        ...["ReEnableFailedAlarm.Arn", "RecordsNotHandledAlarm.Arn"],
        ...["WindowsOverdueAlarm.Arn", "WindowsNewlyOverdueAlarm.Arn", "DriftRepeatedAlarm.Arn"],
      ];
      expect(invokers.sort()).toEqual(
        [
          ...byPool.map((id) => ["cognito-idp.amazonaws.com", id, variant.pool, thisAccount]),
          ...byAlarm.map((arn) => ["lambda.alarms.cloudwatch.amazonaws.com", "ExplainDashalarm", arn, thisAccount]),
          ["events.amazonaws.com", "ExplainDashalarm", "ExplainDashalarmEventsRuleSchedule1.Arn", undefined],
          ["events.amazonaws.com", "Drill", "DrillEventsRuleSchedule1.Arn", undefined],
          ["events.amazonaws.com", "Reconcile", "ReconcileEventsRuleSchedule1.Arn", undefined],
        ].sort(),
      );
    });

    it("refuse every queue to callers without TLS", () => {
      const policies = packaged.all<{ Queues: Reference[]; PolicyDocument: PolicyDocument }>("AWS::SQS::QueuePolicy");
      const refusing = policies.filter(({ Queues, PolicyDocument }) =>
        PolicyDocument.Statement.some(
          (statement) =>
            refusesPlainHttp(statement, "sqs:*") &&
            listOf(statement.Resource).map(pointsAt).join() === `${Queues.map(pointsAt).join()}.Arn`,
        ),
      );
      const queues = [...packaged.resources<Queue>("AWS::SQS::Queue").keys()];
      expect(refusing.flatMap(({ Queues }) => Queues.map(pointsAt)).sort()).toEqual(queues.sort());
    });

    if (variant.topic === "AlarmTopic") {
      it("let only this stack's alarms and their explanation publish to the topic, over TLS", () => {
        const { Statement } = packaged.one<{ PolicyDocument: PolicyDocument }>(
          "AWS::SNS::TopicPolicy",
          "AlarmTopicPolicy",
        ).PolicyDocument;
        expect(Statement.filter(({ Effect }) => Effect === "Allow")).toMatchObject([
          {
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Condition: {
              StringEquals: { "aws:SourceAccount": thisAccount },
              ArnLike: { "aws:SourceArn": stackAlarms },
            },
          },
          { Principal: { AWS: { "Fn::GetAtt": ["ExplainAlarmRole", "Arn"] } }, Action: "sns:Publish" },
        ]);
        expect(Statement.some((statement) => refusesPlainHttp(statement, "sns:Publish"))).toBe(true);
      });
    }
  });

const refusesPlainHttp = ({ Effect, Principal, Action, Condition }: Statement, action: string): boolean =>
  Effect === "Deny" && Principal === "*" && Action === action && Condition?.Bool?.["aws:SecureTransport"] === "false";
