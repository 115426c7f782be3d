import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import { wire as postAuthentication } from "../../functions/post-authentication/wiring.ts";
import { wire as postConfirmation } from "../../functions/post-confirmation/wiring.ts";
import { triggerClient } from "../../shared/light-aws/trigger-client.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import type { Send } from "../../shared/runtime/http.ts";
import { powertoolsTelemetry } from "../../shared/telemetry/powertools.ts";

const surroundings = {
  environment: process.env,
  clock: systemClock,
  newId: randomUUID,
  telemetry: powertoolsTelemetry(process.env),
};
/** Answers calls at once, without a network, to measure only the trigger's own time. */
const answer: Send = async () => {
  const item = { item: { S: "seen" }, checkedAt: { S: new Date().toISOString() } };
  return { status: 200, headers: {}, body: JSON.stringify({ MessageId: "1", Items: [item] }) };
};
const light = { send: answer, pause: async () => undefined };
const input = { QueueUrl: process.env["RECORDS_QUEUE_URL"], MessageBody: `{"version":1,"id":"1"}` };
const sqs = new SQSClient({ md5: false });
const light1 = triggerClient("sqs", 2, surroundings);

type Handler = (event: unknown, context: object) => Promise<unknown>;
const trigger = (handler: unknown, event: unknown) => async () => {
  await (handler as Handler)(event, { getRemainingTimeInMillis: () => 5000 });
};

/** Returns the calls to repeat, by name, for these two events. */
export const calls = (confirmed: unknown, signedIn: unknown): Record<string, () => Promise<unknown>> => ({
  "post-confirmation, without the network": trigger(postConfirmation({ ...surroundings, light }), confirmed),
  "post-authentication (protected user), without the network": trigger(
    postAuthentication({ ...surroundings, light }),
    signedIn,
  ),
  "post-confirmation": trigger(postConfirmation(surroundings), confirmed),
  "post-authentication (protected user)": trigger(postAuthentication(surroundings), signedIn),
  "bare SDK call, SendMessage": () => sqs.send(new SendMessageCommand(input)),
  "bare call of the light client, SendMessage": () => light1("SendMessage", input),
  "bare fetch, unsigned": async () => {
    const response = await fetch(process.env["AWS_ENDPOINT_URL"] ?? "", {
      method: "POST",
      headers: { "x-amz-target": "AmazonSQS.SendMessage" },
      body: JSON.stringify(input),
    });
    return response.json();
  },
});
