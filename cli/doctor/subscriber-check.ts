import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  NotFoundException,
  type SNSClient,
  type Subscription,
} from "@aws-sdk/client-sns";
import { plural } from "../terminal/output.ts";
import { type Check, deployAgain, fail, notNamed, ok, warn } from "./finding.ts";

/** Whether somebody gets what the alarms say, and a second one when the first does not. */
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
    const next = "Subscribe a second one, on another way: docs/runbook.md#subscribe-to-the-alarms.";
    return [warn("subscribers", "The alarms reach a single subscriber: if that one is lost, nobody gets them.", next)];
  }
  if (subscriptions.length === 0) {
    return [fail("subscribers", "Nobody gets the alarms.", "Deploy with alarmEmail, or subscribe to the topic.")];
  }
  const next = "Confirm as docs/runbook.md#subscribe-to-the-alarms says, with the link of the mail from AWS.";
  return [fail("subscribers", "Nobody gets the alarms: no subscriber has confirmed.", next)];
};

/** Whether the link at the end of an alarm's mail, which needs no AWS credentials, can end the subscription. */
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
  if (open === 0) return [ok("unsubscribing", "Nobody can unsubscribe an address without AWS credentials.")];
  const next = "Unsubscribe and confirm anew: docs/runbook.md#subscribe-to-the-alarms.";
  const found = `Anybody who gets the mail of an alarm can end ${plural(open, "email subscription")} by its link.`;
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
