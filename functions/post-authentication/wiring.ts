import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/policy.ts";
import { sqsRecordsQueue } from "../../shared/queues.ts";
import { parseSettings, required } from "../../shared/settings.ts";
import { inTrigger, type Surroundings } from "../../shared/surroundings.ts";
import { dynamoWindowGlance } from "../../shared/window-glance.ts";
import { createPostAuthentication } from "./post-authentication.ts";

export const wire = ({ environment, clock, newId, telemetry, aws }: Surroundings) => {
  const settings = parseSettings(v.object({ RECORDS_QUEUE_URL: required, WINDOWS_TABLE: required }), environment);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...inTrigger, maxAttempts: 1, ...aws }));
  return createPostAuthentication({
    records: sqsRecordsQueue(new SQSClient({ ...inTrigger, ...aws }), settings.RECORDS_QUEUE_URL),
    glance: dynamoWindowGlance(documents, settings.WINDOWS_TABLE),
    policy: policyFromEnvironment(environment),
    clock,
    newId,
    telemetry,
  });
};
