import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";

export interface Notice {
  /** Printable ASCII, at most 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
  subject: string;
  body: string;
}

const longestSubject = 100;

/** Makes a notice that SNS accepts. Replaces unprintable characters, because a `sub` comes unchecked from a message on the queue. */
export const noticeOf = (subject: string, paragraphs: string[]): Notice => ({
  subject: subject.replace(/[^ -~]/g, "?").slice(0, longestSubject),
  body: paragraphs.join("\n\n").replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, "?"),
});

/** `2026-01-15 10:00 UTC` */
export const minuteOf = (instant: Date): string => `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;

/** Sends notices to people. */
export interface Notices {
  publish(notice: Notice): Promise<void>;
}

export const snsNotices = (sns: SNSClient, TopicArn: string): Notices => ({
  async publish({ subject, body }) {
    await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message: body }));
  },
});
