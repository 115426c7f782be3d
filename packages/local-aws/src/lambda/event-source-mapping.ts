import type { SQSEvent, SQSMessageAttribute, SQSRecord } from "aws-lambda";
import { AwsError } from "../service.ts";
import { md5OfBody, type ReceivedMessage } from "../sqs/message.ts";
import type { Queue } from "../sqs/queue.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { failedMessageIds } from "./batch-item-failures.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

interface Options {
  clock: VirtualClock;
  lambda: LambdaRuntime;
  queue: Queue;
  functionName: string;
  batchSize?: number;
  /** 2 to 1000. Without it, Lambda starts with five batches at once. Lambda then scales up; this does not. */
  maximumConcurrency?: number;
  maximumBatchingWindowSeconds?: number;
  reportBatchItemFailures?: boolean;
}

/**
 * Passes messages from a queue to a function as soon as they are visible. A failed batch stays invisible until its
 * visibility timeout ends. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export class EventSourceMapping {
  readonly #clock: VirtualClock;
  readonly #lambda: LambdaRuntime;
  readonly #queue: Queue;
  readonly #functionName: string;
  readonly #batchSize: number;
  readonly #concurrency: number;
  readonly #windowMs: number;
  readonly #reportsFailures: boolean;
  readonly #stopListening: () => void;
  #isStopped = false;
  #running = 0;
  #gathered: ReceivedMessage[] = [];
  #windowEndsAt = 0;
  #wakeAt = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => undefined;

  constructor(options: Options) {
    checkOptions(options);
    this.#clock = options.clock;
    this.#lambda = options.lambda;
    this.#queue = options.queue;
    this.#functionName = options.functionName;
    this.#batchSize = options.batchSize ?? 10;
    this.#concurrency = options.maximumConcurrency ?? 5;
    this.#windowMs = (options.maximumBatchingWindowSeconds ?? 0) * 1000;
    this.#reportsFailures = options.reportBatchItemFailures ?? false;
    this.#stopListening = this.#queue.onChange(() => this.#planWake());
    this.#planWake();
  }

  /** Starts no more batches. Messages already received become visible again when their visibility timeout ends. */
  stop(): void {
    this.#isStopped = true;
    this.#stopListening();
    this.#cancelWake();
  }

  #planWake(): void {
    if (this.#isStopped || this.#running >= this.#concurrency) return;
    const nextMessageAt = this.#queue.nextVisibleAt() ?? Number.POSITIVE_INFINITY;
    const windowEndsAt = this.#gathered.length > 0 ? this.#windowEndsAt : Number.POSITIVE_INFINITY;
    const wakeAt = Math.max(Math.min(nextMessageAt, windowEndsAt), this.#clock.now().getTime());
    if (wakeAt >= this.#wakeAt) return;
    this.#cancelWake();
    this.#wakeAt = wakeAt;
    this.#cancelWake = this.#clock.at(new Date(wakeAt), () => {
      this.#wakeAt = Number.POSITIVE_INFINITY;
      this.#poll();
    });
  }

  #poll(): void {
    while (this.#running < this.#concurrency) {
      const now = this.#clock.now().getTime();
      if (this.#gathered.length === 0) this.#windowEndsAt = now + this.#windowMs;
      this.#gathered.push(...this.#queue.receive(this.#batchSize - this.#gathered.length));
      if (this.#gathered.length === 0) break;
      if (this.#gathered.length < this.#batchSize && now < this.#windowEndsAt) break;
      void this.#process(this.#gathered);
      this.#gathered = [];
    }
    this.#planWake();
  }

  async #process(batch: ReceivedMessage[]): Promise<void> {
    this.#running += 1;
    const event: SQSEvent = { Records: batch.map((message) => toRecord(message, this.#queue)) };
    const outcome = await this.#lambda.invoke(this.#functionName, event);
    this.#running -= 1;
    const ids = new Set(batch.map((message) => message.messageId));
    const none: ReadonlySet<string> = new Set();
    const reported = (answer: unknown) => (this.#reportsFailures ? failedMessageIds(answer, ids) : none);
    const failed = outcome.error === undefined ? reported(outcome.payload) : ids;
    for (const message of batch) if (!failed.has(message.messageId)) this.#queue.delete(message.receiptHandle);
    this.#planWake();
  }
}

const toRecord = (message: ReceivedMessage, queue: Queue): SQSRecord => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  // The type lists the attributes one by one. A received message has exactly the requested ones.
  attributes: message.attributes as unknown as SQSRecord["attributes"],
  messageAttributes: Object.fromEntries(
    Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined ? {} : { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      } satisfies SQSMessageAttribute,
    ]),
  ),
  md5OfBody: md5OfBody(message.body),
  eventSource: "aws:sqs",
  eventSourceARN: queue.arn,
  awsRegion: queue.arn.split(":")[3] ?? "",
});

const checkOptions = (options: Options): void => {
  const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);
  const batchSize = options.batchSize ?? 10;
  const windowSeconds = options.maximumBatchingWindowSeconds ?? 0;
  const concurrency = options.maximumConcurrency ?? 2;
  if (batchSize < 1 || batchSize > 10_000) throw invalid("BatchSize must be between 1 and 10000.");
  if (windowSeconds < 0 || windowSeconds > 300)
    throw invalid("MaximumBatchingWindowInSeconds must be between 0 and 300.");
  if (batchSize > 10 && windowSeconds < 1)
    throw invalid("Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
  if (concurrency < 2 || concurrency > 1000) throw invalid("MaximumConcurrency must be between 2 and 1000.");
  const { timeoutMs } = options.lambda.find(options.functionName);
  const visibility = options.queue.attributes.visibilityTimeout;
  if (timeoutMs > visibility * 1000)
    throw invalid(
      `Queue visibility timeout: ${visibility} seconds is less than Function timeout: ${timeoutMs / 1000} seconds`,
    );
};
