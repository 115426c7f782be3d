import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { digest } from "../../../events/digest.ts";
import { names } from "../../../local/service-names.ts";
import { inWorker, reserve } from "../../../shared/runtime/surroundings.ts";
import { type Lambda, type Packaged, pointsAt, type Queue, type Reference } from "../../support/packaged-template.ts";
import { startStack } from "../../support/stack.ts";
import type { Alarm } from "./alarms.ts";

interface EventSourceMapping {
  EventSourceArn: Reference;
  BatchSize: number;
  FunctionName: Reference;
  FunctionResponseTypes: string[];
  ScalingConfig: { MaximumConcurrency: number };
}

interface EventInvokeConfig {
  FunctionName: Reference;
  DestinationConfig: { OnFailure: { Destination: Reference } };
}

const fourteenDays = 14 * 24 * 60 * 60;

export const describeHops = (packaged: Packaged) => {
  const queue = (reference: Reference | undefined) => packaged.one<Queue>("AWS::SQS::Queue", pointsAt(reference));

  describe("has asynchronous hops that", () => {
    const mappings = packaged.all<EventSourceMapping>("AWS::Lambda::EventSourceMapping");

    it("report partial failures and end in a dead-letter queue, from a queue", () => {
      expect(mappings).toHaveLength(2);
      for (const mapping of mappings) {
        const { RedrivePolicy } = queue(mapping.EventSourceArn);
        expect(mapping.FunctionResponseTypes).toEqual(["ReportBatchItemFailures"]);
        expect(RedrivePolicy?.maxReceiveCount).toBe(100);
        expect(queue(RedrivePolicy?.deadLetterTargetArn).QueueName).toMatch(/-dlq$/);
      }
    });

    it("go to the two workers that share the rate between them, to re-enable-mfa", () => {
      const mapping = mappings.find(({ EventSourceArn }) => pointsAt(EventSourceArn) === "DueQueue.Arn");
      expect(mapping?.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
    });

    it("hide a message for at least six times the consumer's timeout, from a queue", () => {
      for (const { EventSourceArn, FunctionName } of mappings) {
        const { Timeout } = packaged.one<Lambda>("AWS::Lambda::Function", pointsAt(FunctionName));
        expect(queue(EventSourceArn).VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
      }
    });

    it("leave time for a batch of slow messages before the worker stops to begin more, from a queue", () => {
      const slowest = inWorker.requestHandler.requestTimeout;
      for (const { BatchSize, FunctionName } of mappings) {
        const { Timeout } = packaged.one<Lambda>("AWS::Lambda::Function", pointsAt(FunctionName));
        expect(1000 * Timeout).toBeGreaterThanOrEqual(reserve + BatchSize * slowest);
      }
    });

    it("have the same times in the local stack, from a queue", async () => {
      const { aws, stop } = await startStack();
      const hops = {
        "record-reset": ["RecordsQueue", names.recordsQueue],
        "re-enable-mfa": ["DueQueue", names.dueQueue],
      };
      for (const [name, [id = "", local = ""]] of Object.entries(hops)) {
        expect(aws.lambda.find(name).timeoutMs).toBe(1000 * packaged.lambda(name).Timeout);
        expect(aws.sqs.findByName(local).attributes).toMatchObject({ visibilityTimeout: queue(id).VisibilityTimeout });
      }
      await stop();
    });

    it("keep a failed run in a dead-letter queue, from a rule and from an alarm", () => {
      const rules = packaged.all<{ Targets: { Arn: Reference }[] }>("AWS::Events::Rule");
      const alarms = packaged.all<Alarm>("AWS::CloudWatch::Alarm");
      const invoked = new Set([
        ...rules.flatMap(({ Targets }) => Targets.map(({ Arn }) => pointsAt(Arn))),
        ...alarms.flatMap(({ AlarmActions }) => AlarmActions.map(pointsAt)).filter((id) => id.includes("Lambda")),
      ]);
      expect([...invoked].sort()).toEqual([
        "DrillLambdaFunction.Arn",
        "ExplainDashalarmLambdaFunction.Arn",
        "ReconcileLambdaFunction.Arn",
      ]);
      const configs = packaged.all<EventInvokeConfig>("AWS::Lambda::EventInvokeConfig");
      for (const id of invoked) {
        const config = configs.find(({ FunctionName }) => `${pointsAt(FunctionName)}.Arn` === id);
        expect(queue(config?.DestinationConfig.OnFailure.Destination).QueueName).toMatch(/-dlq$/);
      }
    });

    it("say which event it is, from the daily rule to explain-alarm", () => {
      const rules = packaged.all<{ ScheduleExpression: string; Targets: { Arn: Reference; Input?: string }[] }>(
        "AWS::Events::Rule",
      );
      const daily = rules.find(({ Targets }) =>
        Targets.some(({ Arn }) => pointsAt(Arn).startsWith("ExplainDashalarm")),
      );
      expect(daily?.ScheduleExpression).toBe("cron(0 7 * * ? *)");
      expect(v.is(digest, JSON.parse(daily?.Targets[0]?.Input ?? ""))).toBe(true);
    });

    it("have a dead-letter queue of their own, from a timer", () => {
      const { TIMER_DLQ_ARN, DUE_QUEUE_ARN } = packaged.lambda("record-reset").Environment.Variables;
      expect(pointsAt(TIMER_DLQ_ARN)).toBe("TimerDlq.Arn");
      expect(pointsAt(DUE_QUEUE_ARN)).toBe("DueQueue.Arn");
      expect(queue("TimerDlq").RedriveAllowPolicy).toEqual({ redrivePermission: "denyAll" });
    });
  });

  describe("has queues that", () => {
    const queues = packaged.resources<Queue>("AWS::SQS::Queue");

    it("are encrypted and keep a message as long as SQS can", () => {
      expect(queues.size).toBe(8);
      for (const queue of queues.values()) {
        expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: fourteenDays });
      }
    });

    it("take dead letters from their own queue only", () => {
      for (const { QueueName, RedrivePolicy } of queues.values()) {
        if (RedrivePolicy === undefined) continue;
        const allowed = queue(RedrivePolicy.deadLetterTargetArn).RedriveAllowPolicy;
        expect(allowed?.redrivePermission).toBe("byQueue");
        expect(allowed?.sourceQueueArns?.map(pointsAt)).toEqual([
          `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${QueueName}`,
        ]);
      }
    });
  });
};
