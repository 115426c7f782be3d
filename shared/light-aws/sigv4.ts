import { createHash, createHmac } from "node:crypto";
import type { HttpRequest } from "../runtime/http.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

export interface SigningScope {
  region: string;
  /** The service's name in signatures, such as `sqs`. */
  service: string;
}

/**
 * Returns the request with the headers of AWS Signature Version 4; signs every header. The URL must have no query.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const sign = (request: HttpRequest, credentials: Credentials, scope: SigningScope, now: Date): HttpRequest => {
  const dateTime = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.url.host,
    "x-amz-date": dateTime,
    ...(credentials.sessionToken !== undefined && { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const signedHeaders = names.join(";");
  const canonicalRequest = [
    request.method,
    request.url.pathname.split("/").map(encode).join("/"),
    "",
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/\s+/g, " ")}`),
    "",
    signedHeaders,
    sha256(request.body),
  ].join("\n");
  const scopeParts = [dateTime.slice(0, 8), scope.region, scope.service, "aws4_request"];
  const credentialScope = scopeParts.join("/");
  const stringToSign = ["AWS4-HMAC-SHA256", dateTime, credentialScope, sha256(canonicalRequest)].join("\n");
  const key = scopeParts.reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(stringToSign).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${credentialScope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
