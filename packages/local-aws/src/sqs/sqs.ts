import { randomId } from "../random-id.ts";
import { AwsError } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { MessageMoveTask } from "./message-move-task.ts";
import { changeQueueAttributes, defaultQueueAttributes } from "./queue-attributes.ts";
import { type DeliveryPlan, Queue } from "./queue.ts";
import { invalidParameter, queueDoesNotExist } from "./sqs-error.ts";

interface Options {
  clock: VirtualClock;
  random: () => number;
  region: string;
  accountId: string;
  /**
   * Returns the start of queue URLs, such as `http://127.0.0.1:4566`. A function, because the port may not be known
   * yet.
   */
  baseUrl: () => string;
}

/** The queues of one account and Region. */
export class Sqs {
  /** Replace it to make messages arrive twice, late or in another order. */
  deliveries: DeliveryPlan = () => [0];
  readonly #options: Options;
  readonly #queues = new Map<string, Queue>();
  readonly #moveTasks: MessageMoveTask[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** Returns the existing queue for the same name and attributes. */
  createQueue(name: string, attributes: Record<string, string> = {}): Queue {
    if (name.endsWith(".fifo"))
      throw new AwsError("UnsupportedByLocalStack", "The local stack has standard queues only.", 501);
    if (!/^[\w-]{1,80}$/.test(name)) {
      const reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
      throw new AwsError("InvalidParameterValue", reason);
    }
    const existing = this.#queues.get(name);
    if (existing !== undefined) {
      const asked = changeQueueAttributes(existing.attributes, attributes);
      if (JSON.stringify(asked) === JSON.stringify(existing.attributes)) return existing;
      const message = "A queue already exists with the same name and a different value for an attribute.";
      throw new AwsError("QueueNameExists", message);
    }
    const queue = new Queue({
      name,
      arn: `arn:aws:sqs:${this.#options.region}:${this.#options.accountId}:${name}`,
      clock: this.#options.clock,
      random: this.#options.random,
      deliveries: (message) => this.deliveries(message),
      findQueue: (arn) => this.findByArn(arn),
    });
    queue.attributes = this.#checked(changeQueueAttributes(defaultQueueAttributes, attributes));
    this.#queues.set(name, queue);
    return queue;
  }

  setQueueAttributes(queue: Queue, changes: Record<string, string>): void {
    queue.attributes = this.#checked(changeQueueAttributes(queue.attributes, changes));
    queue.modifiedAt = this.#options.clock.now();
  }

  deleteQueue(queue: Queue): void {
    this.#queues.delete(queue.name);
  }

  /** Returns queues in the order of their names. */
  list(prefix = ""): Queue[] {
    const queues = [...this.#queues.values()].filter((queue) => queue.name.startsWith(prefix));
    return queues.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws QueueDoesNotExist. */
  findByName(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  /** Compares account and name, not the host. Throws QueueDoesNotExist. */
  findByUrl(url: string): Queue {
    const [, accountId, name] = /\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
    if (name === undefined || accountId !== this.#options.accountId) throw queueDoesNotExist();
    return this.findByName(name);
  }

  findByArn(arn: string): Queue | undefined {
    const queue = this.#queues.get(arn.split(":")[5] ?? "");
    return queue?.arn === arn ? queue : undefined;
  }

  url(queue: Queue): string {
    return `${this.#options.baseUrl()}/${this.#options.accountId}/${queue.name}`;
  }

  /** Returns the handle of the task. `messagesPerSecond` is 1 to 500; AWS chooses by default. */
  startMessageMoveTask(sourceArn: string, destinationArn?: string, messagesPerSecond?: number): string {
    const source = this.#findOrThrow(sourceArn);
    if (destinationArn !== undefined) this.#findOrThrow(destinationArn);
    const isDeadLetterQueue = this.list().some(
      (queue) => queue.attributes.redrivePolicy?.deadLetterTargetArn === sourceArn,
    );
    if (!isDeadLetterQueue)
      throw invalidParameter("SourceArn", sourceArn, "Source queue must be configured as a Dead Letter Queue.");
    if (this.#moveTasks.some((task) => task.source === source && task.status === "RUNNING")) {
      const message =
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.";
      throw new AwsError("UnsupportedOperation", message);
    }
    const task = new MessageMoveTask({
      handle: Buffer.from(`${randomId(this.#options.random)} ${sourceArn}`).toString("base64"),
      source,
      destinationArn,
      messagesPerSecond,
      clock: this.#options.clock,
      findQueue: (arn) => this.findByArn(arn),
    });
    this.#moveTasks.unshift(task);
    return task.handle;
  }

  /** Returns tasks, the newest first. */
  listMessageMoveTasks(sourceArn: string): MessageMoveTask[] {
    const source = this.#findOrThrow(sourceArn);
    return this.#moveTasks.filter((task) => task.source === source);
  }

  /** Returns the number of messages that the task has moved. */
  cancelMessageMoveTask(handle: string): number {
    const task = this.#moveTasks.find((candidate) => candidate.handle === handle);
    if (task === undefined) throw new AwsError("ResourceNotFoundException", "Task does not exist.", 404);
    if (task.status !== "RUNNING") throw new AwsError("UnsupportedOperation", "Only active tasks can be cancelled.");
    task.cancel();
    return task.moved;
  }

  #checked(attributes: Queue["attributes"]): Queue["attributes"] {
    const target = attributes.redrivePolicy?.deadLetterTargetArn;
    if (target !== undefined && this.findByArn(target) === undefined)
      throw invalidParameter("RedrivePolicy", target, "Dead letter target does not exist.");
    return attributes;
  }

  #findOrThrow(arn: string): Queue {
    const queue = this.findByArn(arn);
    if (queue === undefined)
      throw new AwsError(
        "ResourceNotFoundException",
        "The resource that you specified for the SourceArn parameter doesn't exist.",
        404,
      );
    return queue;
  }
}
