import middy from "@middy/core";
import type { PostConfirmationTriggerEvent } from "aws-lambda";
import { recordMfaFacts } from "cognito-mfa-lifecycle-middleware";

/** A placeholder for the work that your trigger does already. */
const welcome = async (event: PostConfirmationTriggerEvent): Promise<PostConfirmationTriggerEvent> => {
  if (event.triggerSource === "PostConfirmation_ConfirmSignUp") console.log("A new user has confirmed the sign-up.");
  return event;
};

export const handler = middy(welcome).use(
  recordMfaFacts({
    recordsQueueUrl: process.env["MFA_RECORDS_QUEUE_URL"] ?? "",
    metricsService: process.env["MFA_METRICS_SERVICE"] ?? "",
  }),
);
