import { partition } from "@aws-sdk/util-endpoints";
import * as v from "valibot";

/** Parameters by name, as text. A parameter that is not given is undefined. */
export type Given = Record<string, string | undefined>;

const emailAddress = v.pipe(v.string(), v.email("must be an email address"));

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentionDays = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

const userPoolId = v.pipe(
  v.string(),
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPool.html
  v.regex(/^(?=.{1,55}$)[\w-]+_[0-9A-Za-z]+$/, "must be the id of a user pool, like eu-west-1_AbCdEfGhI"),
);

/** The parameters outside the policy, the pool and the topic. */
export const otherParameters = v.object({
  alarmEmail: v.optional(emailAddress),
  drill: v.optional(v.picklist(["true", "false"], "must be true or false")),
  drillUser: v.optional(v.pipe(v.string(), v.maxLength(128, "must be a username of at most 128 characters"))),
  drillEmail: v.optional(
    // The drill adds 13 characters to the part before the @, which may have 64.
    v.pipe(emailAddress, v.regex(/^[^@]{1,51}@/, "must have at most 51 characters before the @")),
  ),
  formerUserPoolId: v.optional(userPoolId),
  unusualResets: v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,6}$/, "must be a whole number from 1 to 9999999"))),
  logRetentionDays: v.optional(
    v.picklist(
      retentionDays.map(String),
      `must be a number of days that CloudWatch accepts: ${retentionDays.join(", ")}`,
    ),
  ),
});

/** Checks that an ARN belongs to the partition of the stack's Region: aws, aws-cn, aws-us-gov, … Other text passes. */
const inPartitionOf = (region: string) => {
  const { name } = partition(region);
  return v.check<string, string>(
    (arn) => [name, undefined].includes(arn.split(":")[1]),
    `must begin with arn:${name}:, because the stack's Region is ${region} (--region)`,
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
          `must be a topic in the stack's Region, ${region} (--region): alarms cannot notify topics in other Regions`,
        ),
      ),
    ),
  });

/** An existing pool. CloudFormation does not change its triggers. */
export const existingPool = (region: string) =>
  v.object({
    userPoolId: v.pipe(
      userPoolId,
      v.startsWith(`${region}_`, `must be a pool in the stack's Region, ${region} (--region)`),
    ),
  });

const domainName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** The reference pool. Checks only the partition of the SES identity, because AWS changes the Regions that a pool may use. */
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
        "must be a display name and an address, like Example <no-reply@example.com>",
      ),
    ),
    appDomain: v.pipe(
      v.string(),
      v.regex(domainName, "must be the domain name of the application, like app.example.com"),
    ),
    // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    loginDomainPrefix: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be 1 to 63 lower-case letters, digits and hyphens"),
      v.regex(/^(?!.*(?:aws|amazon|cognito))/, "must not contain the words aws, amazon or cognito"),
    ),
  });

/**
 * Checks that the SES identity may send for mailFrom. A verified domain sends for its addresses and those of its subdomains; a
 * verified address sends only for itself: https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html
 */
export const faultsOfSender = ({ sesIdentityArn, mailFrom }: Given): { name: string; text: string }[] => {
  const identity = sesIdentityArn?.split(":identity/")[1]?.toLowerCase();
  const address = /<([^<>\s@]+@[^<>\s@]+)>$/.exec(mailFrom ?? "")?.[1]?.toLowerCase();
  if (identity === undefined || address === undefined) return [];
  const domain = address.split("@")[1] ?? "";
  const sends = identity.includes("@") ? address === identity : domain === identity || domain.endsWith(`.${identity}`);
  if (sends) return [];
  const text = `mailFrom is "${mailFrom}": SES cannot send from this address with the identity ${identity} in sesIdentityArn.`;
  return [{ name: "mailFrom", text }];
};
