import * as v from "valibot";
import { minute } from "../config/duration.ts";
import type { Clock } from "../runtime/clock.ts";
import type { HttpRequest, Send } from "../runtime/http.ts";
import type { Credentials } from "./sigv4.ts";

class CredentialsError extends Error {
  override name = "CredentialsProviderError";
}

/**
 * Returns the credentials of a Lambda environment at each call. On-demand environments have them in environment
 * variables, which are valid for as long as the environment lives. If AWS_CONTAINER_CREDENTIALS_FULL_URI is set
 * instead, the credentials are fetched from there, and again five minutes before they expire.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export const lambdaCredentials = (
  environment: Record<string, string | undefined>,
  send: Send,
  clock: Clock,
): (() => Promise<Credentials>) => {
  let fetched: (Credentials & { expiration: Date }) | undefined;
  return async () => {
    const accessKeyId = environment["AWS_ACCESS_KEY_ID"];
    const secretAccessKey = environment["AWS_SECRET_ACCESS_KEY"];
    if (accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, sessionToken: environment["AWS_SESSION_TOKEN"] };
    }
    const left = (fetched?.expiration.getTime() ?? 0) - clock.now().getTime();
    if (fetched !== undefined && left > 5 * minute) return fetched;
    try {
      fetched = await fetchCredentials(environment, send);
    } catch (error) {
      if (fetched === undefined || left <= 0) throw error;
    }
    return fetched;
  };
};

const answer = v.object({
  AccessKeyId: v.string(),
  SecretAccessKey: v.string(),
  Token: v.string(),
  Expiration: v.pipe(
    v.string(),
    v.transform((text) => new Date(text)),
    v.date(),
  ),
});

const fetchCredentials = async (environment: Record<string, string | undefined>, send: Send) => {
  const { status, body } = await send(credentialsRequest(environment));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), answer), body);
  if (status !== 200 || !parsed.success) {
    throw new CredentialsError(`AWS_CONTAINER_CREDENTIALS_FULL_URI answered ${status}, without credentials.`);
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = parsed.output;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiration: Expiration };
};

const credentialsRequest = (environment: Record<string, string | undefined>): HttpRequest => {
  const uri = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  if (!uri) {
    throw new CredentialsError(
      "There are no credentials: neither AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, nor AWS_CONTAINER_CREDENTIALS_FULL_URI.",
    );
  }
  const url = new URL(uri);
  if (url.protocol !== "https:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) {
    throw new CredentialsError("AWS_CONTAINER_CREDENTIALS_FULL_URI must be an https URL or stay on this machine.");
  }
  const authorization = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  return { method: "GET", url, headers: authorization ? { authorization } : {}, body: "" };
};
