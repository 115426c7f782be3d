import { partition } from "@aws-sdk/util-endpoints";
import * as v from "valibot";

/** Parameters by name, as text; one that nobody gave is undefined. */
export type Given = Record<string, string | undefined>;

const emailAddress = v.pipe(v.string(), v.email("must be an email address"));

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentionDays = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

const userPoolId = v.pipe(
  v.string(),
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html
  v.regex(/^(?=.{1,55}$)[\w-]+_[0-9A-Za-z]+$/, "must be the id of a user pool"),
);

/** The parameters that are neither of the policy, nor of the pool or the topic. */
export const otherParameters = v.object({
  alarmEmail: v.optional(emailAddress),
  drill: v.optional(v.picklist(["true", "false"], "must be true or false")),
  drillUser: v.optional(v.pipe(v.string(), v.maxLength(128, "must be a username of 128 characters at most"))),
  drillEmail: v.optional(
    // Each user's address gets thirteen characters more, and 64 are allowed before the @.
    v.pipe(emailAddress, v.regex(/^[^@]{1,51}@/, "must have 51 characters at most before the @")),
  ),
  formerUserPoolId: v.optional(userPoolId),
  unusualResets: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}$/, "must be a whole number from 1 to 9999999"))),
  logRetentionDays: v.optional(
    v.picklist(
      retentionDays.map(String),
      `must be a number of days that CloudWatch takes: ${retentionDays.join(", ")}`,
    ),
  ),
});

/** An ARN of the partition that the Region of the stack belongs to: aws, aws-cn, aws-us-gov, … What is no ARN passes. */
const inPartitionOf = (region: string) => {
  const { name } = partition(region);
  return v.check<string, string>(
    (arn) => [name, undefined].includes(arn.split(":")[1]),
    `must begin with arn:${name}:, since the Region of the stack is ${region} (--region)`,
  );
};

/** CloudWatch notifies topics of the alarm's own Region only: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const existingTopic = (region: string) =>
  v.object({
    alarmTopicArn: v.optional(
      v.pipe(
        v.string(),
        v.regex(
          /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/,
          `must be the ARN of a standard SNS topic, like arn:${partition(region).name}:sns:${region}:123456789012:alarms`,
        ),
        inPartitionOf(region),
        v.check(
          (arn) => [region, undefined].includes(arn.split(":")[3]),
          `must be a topic in the Region of the stack, which is ${region} (--region): alarms notify no other`,
        ),
      ),
    ),
  });

/** A pool that is there already, and whose triggers CloudFormation does not touch. */
export const existingPool = (region: string) =>
  v.object({
    userPoolId: v.pipe(
      userPoolId,
      v.startsWith(`${region}_`, `must be a pool in the Region of the stack, which is ${region} (--region)`),
    ),
  });

const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Which Regions' SES a pool may use is AWS's table, which changes; the partition does not. */
export const referencePool = (region: string) =>
  v.object({
    sesIdentityArn: v.pipe(
      v.string(),
      v.regex(/^arn:[\w-]+:ses:[\w-]+:\d{12}:identity\/\S+$/, "must be the ARN of a verified SES identity"),
      inPartitionOf(region),
    ),
    mailFrom: v.pipe(
      v.string(),
      v.regex(
        /^[^<>\r\n]*[^<>\s][^<>\r\n]* <[^<>\s@]+@[^<>\s@]+>$/,
        "must be a display name and an address: Example <no-reply@example.com>",
      ),
    ),
    appDomain: v.pipe(
      v.string(),
      v.regex(domainName, "must be the domain name of the application, like app.example.com"),
    ),
    // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    loginDomainPrefix: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be 1 to 63 small letters, digits and hyphens"),
      v.regex(/^(?!.*(?:aws|amazon|cognito))/, "must not hold the words aws, amazon or cognito"),
    ),
  });

/**
 * A verified domain sends for its addresses and those of its subdomains, a verified address for itself:
 * https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export const faultsOfSender = ({ sesIdentityArn, mailFrom }: Given): { name: string; text: string }[] => {
  const identity = sesIdentityArn?.split(":identity/")[1]?.toLowerCase();
  const address = /<([^<>\s@]+@[^<>\s@]+)>$/.exec(mailFrom ?? "")?.[1]?.toLowerCase();
  if (identity === undefined || address === undefined) return [];
  const domain = address.split("@")[1] ?? "";
  const sends = identity.includes("@") ? address === identity : domain === identity || domain.endsWith(`.${identity}`);
  if (sends) return [];
  const text = `mailFrom is "${mailFrom}": SES does not send for it with the identity ${identity} of sesIdentityArn.`;
  return [{ name: "mailFrom", text }];
};
