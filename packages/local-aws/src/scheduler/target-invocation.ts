import { randomId } from "../random-id.ts";
import { AwsError } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { type ScheduleDefinition, targetKind } from "./schedule-definition.ts";

/** Scheduler's calls for a schedule. They reject with AwsError, or with another error when the effect is unknown. */
export interface TargetCalls {
  sendMessage(queueArn: string, body: string, attributes: Record<string, string>): Promise<void>;
  /** Resolves when Lambda has accepted the event. The function runs later. */
  invokeFunction(functionArn: string, payload: string): Promise<void>;
  queueUrl(queueArn: string): string;
}

/** An invocation that is lost: neither the target nor a dead-letter queue accepted it. */
export interface DroppedInvocation {
  scheduleArn: string;
  errorCode: string;
}

interface Options {
  clock: VirtualClock;
  random: () => number;
  calls: TargetCalls;
  scheduleArn: string;
  scheduledTime: Date;
  target: ScheduleDefinition["Target"];
  onCompleted: () => void;
  onDropped: (invocation: DroppedInvocation) => void;
}

/** AWS says only "exponential backoff". Doubling from one second to eight minutes fits 185 tries in a day. */
const LONGEST_PAUSE_SECONDS = 480;

/**
 * One invocation of a schedule's target, with retries and the dead-letter queue.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export class TargetInvocation {
  readonly #options: Options;
  readonly #startedAt: number;
  #executionId = "";
  #retries = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#startedAt = options.clock.now().getTime();
  }

  async attempt(): Promise<void> {
    this.#executionId = randomId(this.#options.random);
    try {
      await this.#call();
    } catch (error) {
      await this.#retryOrGiveUp(error);
      return;
    }
    this.#options.onCompleted();
  }

  async #call(): Promise<void> {
    const { calls, target } = this.#options;
    if (targetKind(target.Arn) === "queue") await calls.sendMessage(target.Arn, this.#input(), {});
    else await calls.invokeFunction(target.Arn, this.#input());
  }

  async #retryOrGiveUp(error: unknown): Promise<void> {
    const { clock, target, onCompleted } = this.#options;
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy;
    const pauseSeconds = Math.min(2 ** this.#retries, LONGEST_PAUSE_SECONDS);
    const nextAt = clock.now().getTime() + pauseSeconds * 1000;
    let exhausted: string | undefined;
    if (isRetryable(error)) {
      if (this.#retries >= MaximumRetryAttempts) exhausted = "MaximumRetryAttempts";
      else if (nextAt > this.#startedAt + MaximumEventAgeInSeconds * 1000) exhausted = "MaximumEventAgeInSeconds";
      else {
        this.#retries += 1;
        clock.at(new Date(nextAt), () => this.attempt());
        return;
      }
    }
    await this.#giveUp(error, exhausted);
    onCompleted();
  }

  async #giveUp(error: unknown, exhausted: string | undefined): Promise<void> {
    const { calls, scheduleArn, scheduledTime, target, onDropped } = this.#options;
    const errorCode = error instanceof AwsError ? error.code : "AWS.Scheduler.InternalServerError";
    const deadLetterArn = target.DeadLetterConfig?.Arn;
    try {
      if (deadLetterArn === undefined) throw new Error("There is no dead-letter queue.");
      await calls.sendMessage(deadLetterArn, JSON.stringify(this.#targetRequest()), {
        ERROR_CODE: errorCode,
        ERROR_MESSAGE: error instanceof Error && error.message !== "" ? error.message : errorCode,
        EXECUTION_ID: this.#executionId,
        ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
        IS_PAYLOAD_TRUNCATED: "false",
        RETRY_ATTEMPTS: String(this.#retries),
        SCHEDULED_TIME: withoutMilliseconds(scheduledTime),
        SCHEDULE_ARN: scheduleArn,
        TARGET_ARN: target.Arn,
      });
    } catch {
      onDropped({ scheduleArn, errorCode });
    }
  }

  #targetRequest(): Record<string, string> {
    const { calls, target } = this.#options;
    return targetKind(target.Arn) === "queue"
      ? { MessageBody: this.#input(), QueueUrl: calls.queueUrl(target.Arn) }
      : { FunctionName: target.Arn, InvocationType: "Event", Payload: this.#input() };
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
  #input(): string {
    const { scheduleArn, scheduledTime, target } = this.#options;
    return (target.Input ?? "")
      .replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
      .replaceAll("<aws.scheduler.scheduled-time>", withoutMilliseconds(scheduledTime))
      .replaceAll("<aws.scheduler.execution-id>", this.#executionId)
      .replaceAll("<aws.scheduler.attempt-number>", String(this.#retries + 1));
  }
}

/** AWS does not document which errors are permanent. Here it is all client errors except throttling. */
const isRetryable = (error: unknown): boolean =>
  !(error instanceof AwsError) ||
  error.status >= 500 ||
  error.status === 429 ||
  /Thrott|TooManyRequests/.test(error.code);

const withoutMilliseconds = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`;
