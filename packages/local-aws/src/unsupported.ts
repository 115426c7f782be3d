import { cbor } from "@smithy/core/cbor";
import { AwsError, listOf, type Service, unknownOperation, type WireRequest, type WireResponse } from "./service.ts";
import { escapeXml } from "./xml.ts";

/** The protocol of a request, and of its refusal. https://smithy.io/2.0/aws/protocols/index.html */
type Protocol = "cbor" | "json" | "query" | "ec2" | "s3" | "rest-xml" | "rest-json";

/** REST services with XML, by signing name. All other REST services use JSON. */
const restXml = new Set(["cloudfront", "route53", "s3-outposts", "s3-object-lambda"]);

/** Returns the service name in the request's signature: in a header, or in the URL of a presigned request. */
export const signedFor = ({ headers, path }: WireRequest): string | undefined => {
  const presigned = new URLSearchParams(path.split("?")[1]).get("X-Amz-Credential");
  const scope = presigned ?? /Credential=([^,\s]+)/.exec(headers["authorization"] ?? "")?.[1];
  const parts = scope?.split("/") ?? [];
  return parts.at(-1) === "aws4_request" ? parts.at(-2) : undefined;
};

/** Returns whether the request comes from an SDK or the AWS CLI, not from a browser or curl. */
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
  // An unsigned call without an operation name goes to a public bucket or to single sign-on.
  if (service === undefined && headers["x-amz-sso_bearer_token"] === undefined) return "s3";
  return service !== undefined && restXml.has(service) ? "rest-xml" : "rest-json";
};

/** Returns the requested operation, or method and path when the protocol has no operation names. */
const operationOf = (request: WireRequest): string => {
  const [path = ""] = request.path.split("?");
  const target = request.headers["x-amz-target"]?.split(".").at(-1);
  const action = isForm(request) ? new URLSearchParams(request.body).get("Action") : undefined;
  const rpc = /^\/service\/[^/]+\/operation\/([^/]+)$/.exec(path)?.[1];
  return target ?? action ?? rpc ?? `${request.method} ${path}`;
};

const nameOf = ({ name }: Pick<Service, "name">): string => name.toLowerCase();

/**
 * Returns a 501 for a request that none of `services` accepts, with a message that AWS clients show. The service is
 * missing here, or it does not know the request.
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
