import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  type SNSClient,
  type Subscription,
} from "@aws-sdk/client-sns";
import { plural } from "../terminal/output.ts";
import { type Check, deployAgain, fail, notNamed, ok, warn } from "./finding.ts";

/** Checks that the alarms reach at least two confirmed subscribers. */
export const checkSubscribers: Check = async ({ sns, outputs: { AlarmTopicArn } }) => {
  if (AlarmTopicArn === undefined) return [notNamed("subscribers", "AlarmTopicArn")];
  const subscriptions = await subscriptionsOf(sns, AlarmTopicArn);
  if (subscriptions === undefined) {
    return [fail("subscribers", `The topic ${AlarmTopicArn} does not exist.`, deployAgain)];
  }
  const confirmed = subscriptions.filter(isConfirmed);
  if (confirmed.length > 1) {
    return [ok("subscribers", `The alarms reach ${plural(confirmed.length, "confirmed subscriber")}.`)];
  }
  if (confirmed.length === 1) {
    const next = "Add a second subscriber over another channel: docs/runbook.md#subscribe-to-the-alarms.";
    const found = "The alarms reach a single subscriber. If that subscription is lost, the alarms reach no one.";
    return [warn("subscribers", found, next)];
  }
  if (subscriptions.length === 0) {
    return [fail("subscribers", "The alarms reach no one.", "Deploy with alarmEmail, or subscribe to the topic.")];
  }
  const next = "Confirm with the token in the link of AWS's mail: docs/runbook.md#subscribe-to-the-alarms.";
  return [fail("subscribers", "The alarms reach no one: no subscriber has confirmed.", next)];
};

/** Checks that the unsubscribe link in an alarm's mail needs AWS credentials. */
export const checkUnsubscribing: Check = async ({ sns, outputs: { AlarmTopicArn } }) => {
  if (AlarmTopicArn === undefined) return [];
  const subscriptions = (await subscriptionsOf(sns, AlarmTopicArn)) ?? [];
  const byMail = subscriptions.filter((one) => isConfirmed(one) && one.Protocol?.startsWith("email") === true);
  let open = 0;
  for (const { SubscriptionArn } of byMail) {
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    if (Attributes?.["ConfirmationWasAuthenticated"] !== "true") open += 1;
  }
  if (byMail.length === 0) return [];
  if (open === 0) return [ok("unsubscribing", "Unsubscribing an address needs AWS credentials.")];
  const next = "Unsubscribe, then subscribe and confirm again: docs/runbook.md#subscribe-to-the-alarms.";
  const found = `Anyone who gets an alarm's mail can cancel ${plural(open, "email subscription")} with the link in it.`;
  return [warn("unsubscribing", found, next)];
};

const isConfirmed = ({ SubscriptionArn }: Subscription): boolean => SubscriptionArn?.startsWith("arn:") === true;

/** Undefined when the topic does not exist. */
const subscriptionsOf = async (sns: SNSClient, TopicArn: string): Promise<Subscription[] | undefined> => {
  const subscriptions: Subscription[] = [];
  try {
    let NextToken: string | undefined;
    do {
      const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      subscriptions.push(...(page.Subscriptions ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return subscriptions;
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return undefined;
  }
};
