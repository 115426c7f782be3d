import * as v from "valibot";
import type { Mailbox } from "./mailbox.ts";
import { queryService } from "./query-service.ts";
import { randomId } from "./random-id.ts";
import { AwsError, operation, type Service } from "./service.ts";

interface Subscription {
  endpoint: string;
  token: string;
  /** Undefined until the subscriber has confirmed. */
  arn: string | undefined;
  /** Whether only the owner can unsubscribe. If so, the link in the mails cannot. */
  authenticated: boolean;
}

interface SnsOptions {
  clock: { now(): Date };
  mailbox: Mailbox;
  random: () => number;
  region: string;
  accountId: string;
}

const sender = "AWS Notifications <no-reply@sns.amazonaws.com>";

/** SNS topics with email subscribers. Messages arrive in the local mailbox. */
export class Sns {
  readonly #topics = new Map<string, Subscription[]>();
  readonly #options: SnsOptions;

  constructor(options: SnsOptions) {
    this.#options = options;
  }

  createTopic(name: string): string {
    const arn = `arn:aws:sns:${this.#options.region}:${this.#options.accountId}:${name}`;
    if (!this.#topics.has(arn)) this.#topics.set(arn, []);
    return arn;
  }

  /** Subscribes the address, and mails it a confirmation token. */
  subscribe(topicArn: string, endpoint: string): Subscription {
    const subscriptions = this.subscriptions(topicArn);
    const known = subscriptions.find((subscription) => subscription.endpoint === endpoint);
    const subscription = known ?? {
      endpoint,
      token: randomId(this.#options.random),
      arn: undefined,
      authenticated: false,
    };
    if (known === undefined) subscriptions.push(subscription);
    if (subscription.arn === undefined) {
      this.#mail(endpoint, "AWS Notification - Subscription Confirmation", `${topicArn}\nToken: ${subscription.token}`);
    }
    return subscription;
  }

  confirm(topicArn: string, token: string, authenticateOnUnsubscribe = false): string {
    const subscription = this.subscriptions(topicArn).find((candidate) => candidate.token === token);
    if (subscription === undefined) throw new AwsError("InvalidParameter", "Invalid parameter: Token");
    if (subscription.arn === undefined) subscription.authenticated = authenticateOnUnsubscribe;
    return (subscription.arn ??= `${topicArn}:${randomId(this.#options.random)}`);
  }

  /** Returns the confirmed subscription with this ARN, and its topic. Throws NotFound when there is none. */
  subscription(subscriptionArn: string): Subscription & { topicArn: string } {
    for (const [topicArn, subscriptions] of this.#topics) {
      const found = subscriptions.find(({ arn }) => arn === subscriptionArn);
      if (found !== undefined) return { ...found, topicArn };
    }
    throw new AwsError("NotFound", "Subscription does not exist", 404);
  }

  /** Throws NotFound for an unknown topic. */
  subscriptions(topicArn: string): Subscription[] {
    const subscriptions = this.#topics.get(topicArn);
    if (subscriptions === undefined) throw new AwsError("NotFound", "Topic does not exist", 404);
    return subscriptions;
  }

  /** Delivers to confirmed subscribers. Returns the message id. */
  publish(topicArn: string, subject: string | undefined, message: string): string {
    for (const { endpoint, arn } of this.subscriptions(topicArn)) {
      if (arn !== undefined) this.#mail(endpoint, subject ?? "AWS Notification Message", message);
    }
    return randomId(this.#options.random);
  }

  #mail(to: string, subject: string, body: string): void {
    this.#options.mailbox.deliver({ sentAt: this.#options.clock.now(), from: sender, to, subject, body });
  }
}

const topicArn = v.pipe(v.string(), v.regex(/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, "must be a topic ARN"));
const invalid = (message: string) => new AwsError("InvalidParameter", `Invalid parameter: ${message}`);

/** https://docs.aws.amazon.com/sns/latest/api/ */
export const snsService = (sns: Sns, accountId: string): Service =>
  queryService({
    name: "sns",
    version: "2010-03-31",
    namespace: "http://sns.amazonaws.com/doc/2010-03-31/",
    throttling: { code: "Throttled", message: "Rate exceeded", status: 429 },
    operations: {
      CreateTopic: operation(
        v.strictObject({ Name: v.pipe(v.string(), v.regex(/^[\w-]{1,256}$/, "must be 1 to 256 of A-Z a-z 0-9 _ -")) }),
        invalid,
        ({ Name }) => ({ TopicArn: sns.createTopic(Name) }),
      ),
      Subscribe: operation(
        v.strictObject({
          TopicArn: topicArn,
          Protocol: v.literal("email"),
          Endpoint: v.pipe(v.string(), v.email("must be an address")),
        }),
        invalid,
        ({ TopicArn, Endpoint }) => ({
          SubscriptionArn: sns.subscribe(TopicArn, Endpoint).arn ?? "pending confirmation",
        }),
      ),
      ConfirmSubscription: operation(
        v.strictObject({
          TopicArn: topicArn,
          Token: v.string(),
          AuthenticateOnUnsubscribe: v.optional(v.picklist(["true", "false"])),
        }),
        invalid,
        ({ TopicArn, Token, AuthenticateOnUnsubscribe }) => ({
          SubscriptionArn: sns.confirm(TopicArn, Token, AuthenticateOnUnsubscribe === "true"),
        }),
      ),
      GetSubscriptionAttributes: operation(
        v.strictObject({ SubscriptionArn: v.string() }),
        invalid,
        ({ SubscriptionArn }) => {
          const { topicArn, endpoint, authenticated } = sns.subscription(SubscriptionArn);
          return {
            Attributes: new Map([
              ["SubscriptionArn", SubscriptionArn],
              ["TopicArn", topicArn],
              ["Owner", accountId],
              ["Protocol", "email"],
              ["Endpoint", endpoint],
              ["PendingConfirmation", "false"],
              ["ConfirmationWasAuthenticated", String(authenticated)],
            ]),
          };
        },
      ),
      ListSubscriptionsByTopic: operation(v.strictObject({ TopicArn: topicArn }), invalid, ({ TopicArn }) => ({
        Subscriptions: sns.subscriptions(TopicArn).map(({ endpoint, arn }) => ({
          SubscriptionArn: arn ?? "PendingConfirmation",
          Owner: accountId,
          Protocol: "email",
          Endpoint: endpoint,
          TopicArn,
        })),
      })),
      Publish: operation(
        v.strictObject({
          TopicArn: topicArn,
          Subject: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
          Message: v.pipe(v.string(), v.minLength(1), v.maxBytes(262_144)),
        }),
        invalid,
        ({ TopicArn, Subject, Message }) => ({ MessageId: sns.publish(TopicArn, Subject, Message) }),
      ),
    },
  });
