import { AwsError, type WireRequest, type WireResponse } from "../service.ts";
import type { TargetCalls } from "./target-invocation.ts";

/** Calls targets through `answer`, as the caller "scheduler", so that faults apply to these calls too. */
export const targetCallsThrough = (
  answer: (request: WireRequest) => Promise<WireResponse>,
  baseUrl: () => string,
): TargetCalls => {
  const authorization = "AWS4-HMAC-SHA256 Credential=scheduler/";
  const call = async (path: string, headers: Record<string, string>, body: string): Promise<void> => {
    const response = await answer({ method: "POST", path, headers: { authorization, ...headers }, body });
    if (response.status >= 400) throw toError(response);
  };
  const queueUrl = (queueArn: string): string => {
    const [, , , , accountId, name] = queueArn.split(":");
    return `${baseUrl()}/${accountId ?? ""}/${name ?? ""}`;
  };
  return {
    queueUrl,
    sendMessage(queueArn, body, attributes) {
      const messageAttributes = Object.entries(attributes).map(([name, value]) => [
        name,
        { DataType: "String", StringValue: value },
      ]);
      const input = {
        QueueUrl: queueUrl(queueArn),
        MessageBody: body,
        MessageAttributes: Object.fromEntries(messageAttributes) as unknown,
      };
      return call("/", { "x-amz-target": "AmazonSQS.SendMessage" }, JSON.stringify(input));
    },
    invokeFunction(functionArn, payload) {
      const path = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
      return call(path, { "x-amz-invocation-type": "Event" }, payload);
    },
  };
};

const toError = ({ status, headers, body }: WireResponse): AwsError => {
  const code = headers["x-amzn-query-error"]?.split(";")[0] ?? headers["x-amzn-errortype"] ?? "UnknownError";
  const { message, Message } = JSON.parse(body) as { message?: string; Message?: string };
  return new AwsError(code, message ?? Message ?? code, status);
};
