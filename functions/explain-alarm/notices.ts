import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";

export interface Notice {
  /** Printable ASCII, at most 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  subject: string;
  body: string;
}

/** Where people get to know. */
export interface Notices {
  publish(notice: Notice): Promise<void>;
}

export const snsNotices = (sns: SNSClient, TopicArn: string): Notices => ({
  async publish({ subject, body }) {
    await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: body }));
  },
});
