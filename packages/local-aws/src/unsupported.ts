import { cbor } from "@smithy/core/cbor";
import { AwsError, listOf, type Service, unknownOperation, type WireRequest, type WireResponse } from "./service.ts";
import { escapeXml } from "./xml.ts";

/** How a client writes its requests, and wants to be refused. https://smithy.io/2.0/aws/protocols/index.html */
type Protocol = "cbor" | "json" | "query" | "ec2" | "s3" | "rest-xml" | "rest-json";

/** REST services that speak XML, by the name they are signed for. All others of AWS speak JSON. */
const restXml = new Set(["cloudfront", "route53", "s3-outposts", "s3-object-lambda"]);

/** The service that the request is signed for, as the signature names it: in a header, or in the URL of a presigned request. */
export const signedFor = ({ headers, path }: WireRequest): string | undefined => {
  const presigned = new URLSearchParams(path.split("?")[1]).get("X-Amz-Credential");
  const scope = presigned ?? /Credential=([^,\s]+)/.exec(headers["authorization"] ?? "")?.[1];
  const parts = scope?.split("/") ?? [];
  return parts.at(-1) === "aws4_request" ? parts.at(-2) : undefined;
};

/** Whether an SDK or the AWS CLI asks, and not a browser or curl. */
export const isFromAwsClient = (request: WireRequest): boolean => {
  const { headers } = request;
  const agent = `${headers["user-agent"] ?? ""} ${headers["x-amz-user-agent"] ?? ""}`;
  return (
    signedFor(request) !== undefined ||
    Object.keys(headers).some((name) => name.startsWith("x-amz-")) ||
    headers["smithy-protocol"] !== undefined ||
    isForm(request) ||
    /aws-cli|aws-sdk|boto/i.test(agent)
  );
};

const isForm = ({ headers }: WireRequest): boolean =>
  (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");

const protocolOf = (request: WireRequest): Protocol => {
  const { headers } = request;
  const service = signedFor(request);
  if (headers["smithy-protocol"] === "rpc-v2-cbor") return "cbor";
  if (headers["x-amz-target"] !== undefined) return "json";
  if (isForm(request)) return service === "ec2" ? "ec2" : "query";
  if (service?.startsWith("s3") === true && !restXml.has(service)) return "s3";
  // Unsigned calls without an operation's name are those to public buckets, and those of single sign-on.
  if (service === undefined && headers["x-amz-sso_bearer_token"] === undefined) return "s3";
  return service !== undefined && restXml.has(service) ? "rest-xml" : "rest-json";
};

/** What the request asks for, in the words of its protocol. */
const operationOf = (request: WireRequest): string => {
  const [path = ""] = request.path.split("?");
  const target = request.headers["x-amz-target"]?.split(".").at(-1);
  const action = isForm(request) ? new URLSearchParams(request.body).get("Action") : undefined;
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1];
  return target ?? action ?? rpc ?? `${request.method} ${path}`;
};

const nameOf = ({ name }: Pick<Service, "name">): string => name.toLowerCase();

/**
 * Refuses, with 501 and in words that AWS's clients show, what none of the `services` takes: a service that the local AWS
 * does not have, or a request to one of those it has that they do not know.
 */
export const refuseUnsupported = (request: WireRequest, services: readonly Service[]): WireResponse => {
  const meant = signedFor(request);
  const known = services.find(({ signingName }) => signingName === meant);
  const error =
    known === undefined
      ? new AwsError("UnsupportedByLocalStack", withoutService(request, meant, services), 501)
      : unknownOperation({ service: nameOf(known), operation: operationOf(request) }, request);
  return refusals[protocolOf(request)](error);
};

const withoutService = (request: WireRequest, meant: string | undefined, services: readonly Service[]): string =>
  `The local stack does not have ${meant === undefined ? "a service for the unsigned request" : `the service ${meant}:`} ` +
  `${operationOf(request)}. It has ${services.map(nameOf).sort().join(", ")}. What they know: ${listOf(request)}`;

const json = (error: AwsError, contentType: string): WireResponse => ({
  status: error.status,
  headers: { "content-type": contentType, "x-amzn-errortype": error.code },
  body: JSON.stringify({ __type: error.code, message: error.message }),
});

const xml = (error: AwsError, write: (error: string) => string): WireResponse => ({
  status: error.status,
  headers: { "content-type": "text/xml" },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${write(`<Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>`)}`,
});

const withType = (error: string): string =>
  `<ErrorResponse><Error><Type>Receiver</Type>${error}</Error><RequestId>local</RequestId></ErrorResponse>`;

const refusals: Record<Protocol, (error: AwsError) => WireResponse> = {
  cbor: (error) => ({
    status: error.status,
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
    body: Buffer.from(cbor.serialize({ __type: error.code, message: error.message })).toString("latin1"),
    encoding: "latin1",
  }),
  json: (error) => json(error, "application/x-amz-json-1.1"),
  query: (error) => xml(error, withType),
  ec2: (error) =>
    xml(error, (one) => `<Response><Errors><Error>${one}</Error></Errors><RequestID>local</RequestID></Response>`),
  s3: (error) => xml(error, (one) => `<Error>${one}<RequestId>local</RequestId></Error>`),
  "rest-xml": (error) => xml(error, withType),
  "rest-json": (error) => json(error, "application/json"),
};
