import type { VirtualClock } from "../virtual-clock.ts";
import type { Queue } from "./queue.ts";

type Status = "RUNNING" | "COMPLETED" | "CANCELLED" | "FAILED";

interface Options {
  handle: string;
  source: Queue;
  destinationArn: string | undefined;
  messagesPerSecond: number | undefined;
  clock: VirtualClock;
  findQueue: (arn: string) => Queue | undefined;
}

/** AWS's maximum. AWS chooses the speed itself when the caller does not. */
const MAXIMUM_MESSAGES_PER_SECOND = 500;

/**
 * Moves the messages of a dead-letter queue to `destinationArn` or back to their source, evenly spaced on the clock.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export class MessageMoveTask {
  readonly handle: string;
  readonly source: Queue;
  status: Status = "RUNNING";
  moved = 0;
  readonly #options: Options;
  readonly #toMove: number;
  readonly #startedAt: Date;
  #failureReason: string | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.handle = options.handle;
    this.source = options.source;
    this.#toMove = options.source.count().visible;
    this.#startedAt = options.clock.now();
    this.#next(0);
  }

  cancel(): void {
    this.status = "CANCELLED";
  }

  /** Returns the task in the format of ListMessageMoveTasks. */
  describe(): Record<string, unknown> {
    const { destinationArn, messagesPerSecond } = this.#options;
    return {
      ...(this.status === "RUNNING" ? { TaskHandle: this.handle } : {}),
      Status: this.status,
      SourceArn: this.source.arn,
      ...(destinationArn === undefined ? {} : { DestinationArn: destinationArn }),
      ...(messagesPerSecond === undefined ? {} : { MaxNumberOfMessagesPerSecond: messagesPerSecond }),
      ApproximateNumberOfMessagesMoved: this.moved,
      ApproximateNumberOfMessagesToMove: this.#toMove,
      ...(this.#failureReason === undefined ? {} : { FailureReason: this.#failureReason }),
      StartedTimestamp: this.#startedAt.getTime(),
    };
  }

  #next(delayMs: number): void {
    const { clock } = this.#options;
    clock.at(new Date(clock.now().getTime() + delayMs), () => {
      if (this.status === "RUNNING") this.#moveOne();
    });
  }

  #moveOne(): void {
    const message = this.source.peekVisible();
    if (message === undefined) {
      this.status = "COMPLETED";
      return;
    }
    const arn = this.#options.destinationArn ?? message.deadLetterSourceArn;
    const destination = arn === undefined ? undefined : this.#options.findQueue(arn);
    if (destination === undefined) {
      this.status = "FAILED";
      this.#failureReason =
        arn === undefined ? "CouldNotDetermineMessageSource" : "AWS.SimpleQueueService.NonExistentQueue";
      return;
    }
    this.source.take(message);
    destination.send(
      { body: message.body, messageAttributes: message.messageAttributes, senderId: message.senderId },
      0,
    );
    this.moved += 1;
    if (this.moved >= this.#toMove) this.status = "COMPLETED";
    else this.#next(Math.ceil(1000 / (this.#options.messagesPerSecond ?? MAXIMUM_MESSAGES_PER_SECOND)));
  }
}
