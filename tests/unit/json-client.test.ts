import { describe, expect, it } from "@jest/globals";
import { jsonClient, ServiceError } from "../../shared/light-aws/json-client.ts";
import type { HttpRequest, HttpResponse } from "../../shared/runtime/http.ts";

const environment = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
const ok = { status: 200, headers: {}, body: `{"MessageId":"1"}` };
const refusal = (status: number, type: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { "x-amzn-requestid": "r1", ...headers },
  body: JSON.stringify({ __type: type, message: "Because." }),
});

/** Returns a client whose requests get these answers, one after the other. */
const client = (maxAttempts: number, ...answers: (HttpResponse | Error)[]) => {
  const sent: HttpRequest[] = [];
  let pauses = 0;
  const call = jsonClient("sqs", {
    environment,
    maxAttempts,
    clock: { now: () => new Date("2026-03-01T00:00:00Z"), sleep: async () => undefined },
    send: async (request) => {
      const answer = answers[sent.push(request) - 1];
      if (answer === undefined) throw new Error("One request too many.");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    pause: async () => void (pauses += 1),
  });
  return { call, sent, pauses: () => pauses };
};

describe("jsonClient", () => {
  it("sends a signed request of the JSON protocol, and returns the answer", async () => {
    const { call, sent } = client(1, ok);
    expect(await call("SendMessage", { QueueUrl: "q" })).toEqual({ MessageId: "1" });
    expect(sent[0]).toMatchObject({
      method: "POST",
      body: `{"QueueUrl":"q"}`,
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" },
    });
    expect(sent[0]?.headers["authorization"]).toMatch(/^AWS4-HMAC-SHA256 Credential=a\/20260301\/eu-west-1\/sqs\//);
  });

  it.each([
    ["no answer", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["a server fault", refusal(500, "InternalFailure")],
    ["a server fault without a body", { status: 503, headers: {}, body: "" }],
    ["a throttle of SQS", refusal(403, "com.amazonaws.sqs#RequestThrottled")],
    ["a throttle of DynamoDB", refusal(400, "x#ProvisionedThroughputExceededException")],
    ["HTTP 429", refusal(429, "Anything")],
  ])("tries again after %s, once it has paused", async (_, failure) => {
    const { call, sent, pauses } = client(2, failure, ok);
    expect(await call("SendMessage", {})).toEqual({ MessageId: "1" });
    expect(sent).toHaveLength(2);
    expect(pauses()).toBe(1);
  });

  it("gives up after maxAttempts with the last error", async () => {
    const { call, sent, pauses } = client(2, refusal(500, "First"), refusal(500, "Second"));
    await expect(call("SendMessage", {})).rejects.toMatchObject({ name: "Second" });
    expect(sent).toHaveLength(2);
    expect(pauses()).toBe(1);
  });

  it("takes any other refusal as final, under AWS's name and with its message", async () => {
    const { call, sent } = client(2, refusal(400, "com.amazonaws.sqs#QueueDoesNotExist"), ok);
    const error = await call("SendMessage", {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      name: "QueueDoesNotExist",
      message: "Because.",
      $metadata: { httpStatusCode: 400, requestId: "r1" },
    });
    expect(sent).toHaveLength(1);
  });

  it.each([
    [
      "in a header",
      refusal(400, "x", { "x-amzn-errortype": "AccessDeniedException:http://x/" }),
      "AccessDeniedException",
    ],
    ["nowhere", { status: 400, headers: {}, body: "<html>" }, "UnknownError"],
  ])("finds the name of the error %s", async (_, answer, name) => {
    await expect(client(1, answer).call("SendMessage", {})).rejects.toMatchObject({ name });
  });

  it("does not repeat a call that was answered 200 with something unreadable", async () => {
    const { call, sent } = client(2, { status: 200, headers: {}, body: "<html>" }, ok);
    await expect(call("SendMessage", {})).rejects.toThrow(SyntaxError);
    expect(sent).toHaveLength(1);
  });
});
