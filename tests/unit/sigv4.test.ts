import { describe, expect, it } from "@jest/globals";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsV4Signer } from "aws4fetch";
import { createHash, createHmac } from "node:crypto";
import { sign } from "../../shared/light-aws/sigv4.ts";

const now = new Date("2026-03-01T12:34:56.789Z");
const target = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" };
const key = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

/** The hash in the form that AWS's own signer needs. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string | Uint8Array);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const requests = {
  "a plain request": { url: "https://sqs.eu-west-1.amazonaws.com/", headers: target, body: `{"a":1}` },
  "an empty body": { url: "https://dynamodb.cn-north-1.amazonaws.com.cn/", headers: target, body: "" },
  "text beyond ASCII": { url: "https://sqs.us-gov-west-1.amazonaws.com/", headers: target, body: `{"名":"花子"}` },
  "a port": { url: "http://127.0.0.1:4566/", headers: target, body: "{}" },
  "a path with characters to encode": { url: "http://localhost:4566/a%20b/(c)*!'/日本", headers: target, body: "{}" },
  "a header with spaces": { url: "https://sqs.a.amazonaws.com/", headers: { "x-note": "  a   b " }, body: "{}" },
};
const cases = Object.entries(requests).flatMap(([what, request]) => [
  { what, request, credentials: key },
  { what: `${what}, with a session token`, request, credentials: { ...key, sessionToken: "token/+=" } },
]);

describe("sign", () => {
  it.each(cases)("makes the same signature as AWS's own signer for $what", async ({ request, credentials }) => {
    const url = new URL(request.url);
    const scope = { region: "eu-west-1", service: "sqs" };
    const signer = new SignatureV4({ credentials, ...scope, sha256: Sha256, applyChecksum: false });
    const { headers } = await signer.sign(
      {
        method: "POST",
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: {},
        headers: { ...request.headers, host: url.host },
        body: request.body,
      },
      { signingDate: now },
    );
    const signed = sign({ method: "POST", ...request, url }, credentials, scope, now);
    expect(signed.headers["authorization"]).toBe(headers["authorization"]);
    expect(signed.headers["x-amz-date"]).toBe("20260301T123456Z");
    expect(signed.headers["x-amz-security-token"]).toBe(headers["x-amz-security-token"]);
  });

  it("makes the same signature as aws4fetch", async () => {
    const { url, headers, body } = requests["a plain request"];
    const scope = { region: "eu-west-1", service: "sqs" };
    const signer = new AwsV4Signer({
      ...key,
      ...scope,
      method: "POST",
      url,
      headers,
      body,
      datetime: "20260301T123456Z",
      allHeaders: true,
    });
    const other = await signer.sign();
    const signed = sign({ method: "POST", url: new URL(url), headers, body }, key, scope, now);
    expect(signed.headers["authorization"]).toBe(other.headers.get("authorization"));
  });

  it("makes another signature for another secret, day, region, service, target or body", () => {
    const request = { method: "POST" as const, ...requests["a plain request"], url: new URL("https://a.example/") };
    const scope = { region: "eu-west-1", service: "sqs" };
    const signatures = [
      sign(request, key, scope, now),
      sign(request, { ...key, secretAccessKey: "x" }, scope, now),
      sign(request, key, scope, new Date("2026-03-02T12:34:56.789Z")),
      sign(request, key, { ...scope, region: "eu-west-2" }, now),
      sign(request, key, { ...scope, service: "dynamodb" }, now),
      sign({ ...request, headers: { ...target, "x-amz-target": "x" } }, key, scope, now),
      sign({ ...request, body: "{}" }, key, scope, now),
    ].map(({ headers }) => /Signature=(.*)/.exec(headers["authorization"] ?? "")?.[1]);
    expect(new Set(signatures).size).toBe(7);
  });
});
