import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type LocalAws, startLocalAws } from "../src/local-aws.ts";

let aws: LocalAws;

beforeEach(async () => {
  aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
});
afterEach(() => aws.stop());

describe("STS", () => {
  it("names the caller after the access key", async () => {
    const sts = new STSClient(aws.clientOptions("hana"));
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: "arn:aws:iam::000000000000:user/hana",
      Account: "000000000000",
    });
  });

  it("dates its answers by the local clock", async () => {
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const response = await fetch(aws.url, { method: "POST", headers, body });
    expect(response.headers.get("date")).toBe("Thu, 01 Jan 2026 00:00:00 GMT");
  });
});

describe("CloudFormation", () => {
  it("returns the outputs of a stack, with any characters", async () => {
    aws.cloudFormation.put({ name: "service", createdAt: aws.clock.now(), outputs: { A: "<1> & '2'", B: "b" } });
    const client = new CloudFormationClient(aws.clientOptions("test"));
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: "service" }));
    expect(Stacks).toMatchObject([
      {
        StackName: "service",
        StackStatus: "CREATE_COMPLETE",
        CreationTime: new Date("2026-01-01T00:00:00Z"),
        Outputs: [
          { OutputKey: "A", OutputValue: "<1> & '2'" },
          { OutputKey: "B", OutputValue: "b" },
        ],
      },
    ]);
  });

  it("refuses a stack that is not there, and a parameter it does not know", async () => {
    const client = new CloudFormationClient(aws.clientOptions("test"));
    const describeStacks = (input: DescribeStacksCommand["input"]) => client.send(new DescribeStacksCommand(input));
    await expect(describeStacks({ StackName: "x" })).rejects.toMatchObject({
      name: "ValidationError",
      message: "Stack with id x does not exist",
    });
    await expect(describeStacks({ NextToken: "x" })).rejects.toMatchObject({ name: "UnsupportedByLocalStack" });
  });
});

describe("SNS", () => {
  it("mails published messages to confirmed subscribers only", async () => {
    const sns = new SNSClient(aws.clientOptions("test"));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    const subscribe = (Endpoint: string) => sns.send(new SubscribeCommand({ TopicArn, Protocol: "email", Endpoint }));
    expect((await subscribe("one@example.com")).SubscriptionArn).toBe("pending confirmation");
    await subscribe("two@example.com");
    const Token = /Token: (.+)/.exec(aws.mailbox.latest("one@example.com").body)?.[1];
    const { SubscriptionArn } = await sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token }));
    await sns.send(new PublishCommand({ TopicArn, Subject: "ALARM", Message: "overdue & <open>" }));
    expect(aws.mailbox.latest("one@example.com")).toMatchObject({ subject: "ALARM", body: "overdue & <open>" });
    expect(aws.mailbox.latest("two@example.com").subject).toBe("AWS Notification - Subscription Confirmation");
    const attributes = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(attributes.Attributes).toMatchObject({ TopicArn, ConfirmationWasAuthenticated: "false" });
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(Subscriptions?.map((subscription) => subscription.SubscriptionArn)).toEqual([
      SubscriptionArn,
      "PendingConfirmation",
    ]);
  });

  it("refuses a topic that is not there, a wrong token, and an operation it does not know", async () => {
    const sns = new SNSClient(aws.clientOptions("test"));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    const gone = "arn:aws:sns:us-east-1:000000000000:gone";
    await expect(sns.send(new PublishCommand({ TopicArn: gone, Message: "x" }))).rejects.toMatchObject({
      name: "NotFoundException",
    });
    await expect(sns.send(new ConfirmSubscriptionCommand({ TopicArn, Token: "x" }))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
    await expect(sns.send(new DeleteTopicCommand({ TopicArn }))).rejects.toMatchObject({
      name: "UnsupportedByLocalStack",
    });
  });
});
