import { Heap } from "../heap.ts";
import { randomId } from "../random-id.ts";
import { AwsError } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { checkMessage, type OutgoingMessage, type ReceivedMessage, type StoredMessage } from "./message.ts";
import { defaultQueueAttributes, type QueueAttributes } from "./queue-attributes.ts";
import { invalidParameter } from "./sqs-error.ts";

/**
 * Returns when each copy of a message arrives, in milliseconds after its delay. `[0]` is once and at once, `[0, 5000]`
 * twice, `[60000]` late. Unequal delays change the order. SQS never loses a message.
 */
export type DeliveryPlan = (message: {
  queueName: string;
  messageId: string;
  body: string;
}) => readonly [number, ...number[]];

interface Options {
  name: string;
  arn: string;
  clock: Pick<VirtualClock, "now">;
  random: () => number;
  deliveries: DeliveryPlan;
  findQueue: (arn: string) => Queue | undefined;
}

const TWELVE_HOURS_MS = 43_200_000;

/** A standard queue. Every operation on a message takes O(log n). */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  modifiedAt: Date;
  purgedAt: Date | undefined;
  attributes: QueueAttributes = defaultQueueAttributes;
  readonly #options: Options;
  readonly #messages = new Map<number, StoredMessage>();
  /** An entry is valid only while its message exists and becomes visible at that instant. */
  readonly #byVisibility = new Heap<{ at: number; message: StoredMessage }>(
    (a, b) => a.at < b.at || (a.at === b.at && a.message.order < b.message.order),
  );
  readonly #listeners = new Set<() => void>();
  #order = 0;

  constructor(options: Options) {
    this.#options = options;
    this.name = options.name;
    this.arn = options.arn;
    this.createdAt = options.clock.now();
    this.modifiedAt = this.createdAt;
  }

  /**
   * Calls `listener` when a message arrives or may become visible earlier than planned. Returns a function that ends
   * this.
   */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns the message id. `delaySeconds` defaults to the queue's. */
  send(message: OutgoingMessage, delaySeconds = this.attributes.delaySeconds): string {
    checkMessage(message, this.attributes.maximumMessageSize);
    if (delaySeconds < 0 || delaySeconds > 900 || !Number.isInteger(delaySeconds))
      throw invalidParameter("DelaySeconds", delaySeconds, "DelaySeconds must be >= 0 and <= 900.");
    const messageId = randomId(this.#options.random);
    const sentAt = this.#now();
    for (const lateByMs of this.#options.deliveries({ queueName: this.name, messageId, body: message.body })) {
      this.#add({
        ...message,
        messageId,
        order: this.#order++,
        sentAt,
        visibleAt: sentAt + delaySeconds * 1000 + lateByMs,
        firstReceivedAt: undefined,
        receiveCount: 0,
        receivesHere: 0,
        deadLetterSourceArn: undefined,
      });
    }
    this.#changed();
    return messageId;
  }

  /**
   * Returns up to `maximum` visible messages and hides them for `visibilityTimeout` seconds, by default the queue's.
   */
  receive(maximum: number, visibilityTimeout = this.attributes.visibilityTimeout): ReceivedMessage[] {
    const received: StoredMessage[] = [];
    while (received.length < maximum) {
      const message = this.#takeVisible();
      if (message === undefined) break;
      if (!this.#moveToDeadLetterQueue(message)) received.push(message);
    }
    return received.map((message) => {
      message.receiveCount += 1;
      message.receivesHere += 1;
      message.firstReceivedAt ??= this.#now();
      this.#setVisibleAt(message, this.#now() + visibilityTimeout * 1000);
      return this.#describe(message);
    });
  }

  /** Deletes the message of a handle. An outdated handle deletes nothing, without an error. */
  delete(receiptHandle: string): void {
    const message = this.#findReceived(receiptHandle);
    if (message !== undefined) this.#messages.delete(message.order);
  }

  changeVisibility(receiptHandle: string, visibilityTimeout: number): void {
    if (visibilityTimeout < 0 || visibilityTimeout > 43_200 || !Number.isInteger(visibilityTimeout))
      throw invalidParameter("VisibilityTimeout", visibilityTimeout, "Must be between 0 and 43200.");
    const message = this.#findReceived(receiptHandle);
    if (message === undefined) {
      const reason = "Message does not exist or is not available for visibility timeout change.";
      throw invalidParameter("ReceiptHandle", receiptHandle, reason);
    }
    if (message.visibleAt <= this.#now())
      throw new AwsError("MessageNotInflight", "The message referred to isn't in flight.");
    const visibleAt = this.#now() + visibilityTimeout * 1000;
    if (visibleAt > (message.firstReceivedAt ?? 0) + TWELVE_HOURS_MS)
      throw invalidParameter(
        "VisibilityTimeout",
        visibilityTimeout,
        "Total VisibilityTimeout is beyond the limit [43200 seconds].",
      );
    this.#setVisibleAt(message, visibleAt);
    this.#changed();
  }

  purge(): void {
    this.#messages.clear();
  }

  /** Returns the message that would be received next, without receiving it. */
  peekVisible(): StoredMessage | undefined {
    const message = this.#takeVisible();
    if (message !== undefined) this.#setVisibleAt(message, message.visibleAt);
    return message;
  }

  /** Removes a message. */
  take(message: StoredMessage): void {
    this.#messages.delete(message.order);
  }

  /** Returns when the next message becomes visible, in epoch milliseconds. Undefined when the queue is empty. */
  nextVisibleAt(): number | undefined {
    for (let entry = this.#byVisibility.peek(); entry !== undefined; entry = this.#byVisibility.peek()) {
      if (this.#holds(entry)) return entry.at;
      this.#byVisibility.pop();
    }
    return undefined;
  }

  /** Counts the messages in O(n). */
  count(): { visible: number; inFlight: number; delayed: number } {
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const message of this.#messages.values()) {
      if (this.#isExpired(message)) continue;
      if (message.visibleAt <= this.#now()) counts.visible += 1;
      else if (message.receivesHere > 0) counts.inFlight += 1;
      else counts.delayed += 1;
    }
    return counts;
  }

  #takeVisible(): StoredMessage | undefined {
    for (let next = this.nextVisibleAt(); next !== undefined && next <= this.#now(); next = this.nextVisibleAt()) {
      const message = this.#byVisibility.pop()?.message;
      if (message === undefined || !this.#isExpired(message)) return message;
      this.#messages.delete(message.order);
    }
    return undefined;
  }

  #moveToDeadLetterQueue(message: StoredMessage): boolean {
    const policy = this.attributes.redrivePolicy;
    if (policy === undefined || message.receivesHere < policy.maxReceiveCount) return false;
    const target = this.#options.findQueue(policy.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#messages.delete(message.order);
    target.#takeIn(message, this.arn);
    return true;
  }

  #takeIn(message: StoredMessage, deadLetterSourceArn: string): void {
    this.#add({ ...message, order: this.#order++, receivesHere: 0, visibleAt: this.#now(), deadLetterSourceArn });
    this.#changed();
  }

  #add(message: StoredMessage): void {
    this.#messages.set(message.order, message);
    this.#byVisibility.push({ at: message.visibleAt, message });
  }

  #setVisibleAt(message: StoredMessage, visibleAt: number): void {
    message.visibleAt = visibleAt;
    this.#byVisibility.push({ at: visibleAt, message });
  }

  #holds(entry: { at: number; message: StoredMessage }): boolean {
    return entry.message.visibleAt === entry.at && this.#messages.get(entry.message.order) === entry.message;
  }

  /**
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html: a move
   * keeps the time that the message was sent.
   */
  #isExpired(message: StoredMessage): boolean {
    return message.sentAt + this.attributes.messageRetentionPeriod * 1000 <= this.#now();
  }

  #describe(message: StoredMessage): ReceivedMessage {
    return {
      messageId: message.messageId,
      receiptHandle: Buffer.from(`${this.name} ${message.order} ${message.receivesHere}`).toString("base64"),
      body: message.body,
      messageAttributes: message.messageAttributes,
      attributes: {
        ApproximateReceiveCount: String(message.receiveCount),
        SentTimestamp: String(message.sentAt),
        SenderId: message.senderId,
        ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
        ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
      },
    };
  }

  #findReceived(receiptHandle: string): StoredMessage | undefined {
    const decoded = Buffer.from(receiptHandle, "base64").toString("utf8");
    const [, name, order, receives] = /^([\w-]+) (\d+) (\d+)$/.exec(decoded) ?? [];
    if (name !== this.name)
      throw new AwsError(
        "ReceiptHandleIsInvalid",
        `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
      );
    const message = this.#messages.get(Number(order));
    return message?.receivesHere === Number(receives) ? message : undefined;
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
