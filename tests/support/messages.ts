import type { SQSEvent } from "aws-lambda";
import type { TestUser } from "./stack.ts";

/** Returns a fact as a trigger sends it to the RECORDS queue. */
export const aRecord = (kind: string, user: TestUser, at: Date, id = `${kind}-${at.getTime()}`) => ({
  version: 1,
  id,
  kind,
  at: at.toISOString(),
  userPoolId: user.userPoolId,
  sub: user.sub,
  username: user.username,
});

/** Returns Lambda's batch of these bodies, with message ids m0, m1, …, each received for the first time. */
export const aBatch = (...bodies: unknown[]): SQSEvent => batchReceived(1, ...bodies);

/** The same, each received for the `receiveCount`th time. */
export const batchReceived = (receiveCount: number, ...bodies: unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: `r${index}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: "0",
      SenderId: "test",
      ApproximateFirstReceiveTimestamp: "0",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:test",
    awsRegion: "us-east-1",
  })),
});

/** Returns a Cognito trigger event for this user. */
export const aTrigger = (triggerSource: string, user: TestUser, request: Record<string, unknown> = {}) => ({
  version: "1",
  triggerSource,
  region: "us-east-1",
  userPoolId: user.userPoolId,
  userName: user.username,
  callerContext: { awsSdkVersion: "aws-sdk-unknown-unknown", clientId: "client" },
  request: {
    userAttributes: { sub: user.sub, email: user.email, "cognito:user_status": "CONFIRMED", email_verified: "true" },
    ...request,
  },
  response: {} as Record<string, unknown>,
});

/** Returns the part of Lambda's context that a batch handler reads, with this much time left. */
export const withTimeLeft = (milliseconds = 60_000) => ({ getRemainingTimeInMillis: () => milliseconds });
