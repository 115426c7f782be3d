import { describe, expect, it } from "@jest/globals";
import { hour, minute } from "../../shared/config/duration.ts";
import { lambdaCredentials } from "../../shared/light-aws/credentials.ts";
import type { HttpRequest } from "../../shared/runtime/http.ts";

const start = new Date("2026-03-01T00:00:00Z").getTime();

const setUp = (environment: Record<string, string | undefined>) => {
  const asked: HttpRequest[] = [];
  const state = { now: start, status: 200, body: undefined as string | undefined };
  const credentials = lambdaCredentials(
    environment,
    async (request) => {
      asked.push(request);
      const Expiration = new Date(state.now + hour).toISOString().replace(".000", "");
      const fresh = { AccessKeyId: `id${asked.length}`, SecretAccessKey: "secret", Token: "token", Expiration };
      return { status: state.status, headers: {}, body: state.body ?? JSON.stringify(fresh) };
    },
    { now: () => new Date(state.now), sleep: async () => undefined },
  );
  return { asked, state, credentials };
};
const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9001/credentials" };

describe("lambdaCredentials", () => {
  it("takes the variables as they are at each call", async () => {
    const environment: Record<string, string | undefined> = {
      ...container,
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      AWS_SESSION_TOKEN: "c",
    };
    const { asked, credentials } = setUp(environment);
    expect(await credentials()).toEqual({ accessKeyId: "a", secretAccessKey: "b", sessionToken: "c" });
    environment["AWS_SESSION_TOKEN"] = "d";
    expect(await credentials()).toMatchObject({ sessionToken: "d" });
    expect(asked).toEqual([]);
  });

  it("fetches them from the container, with its token, and again five minutes before they expire", async () => {
    const { asked, state, credentials } = setUp({ ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN: "let me in" });
    expect(await credentials()).toMatchObject({ accessKeyId: "id1", secretAccessKey: "secret", sessionToken: "token" });
    expect(asked[0]).toMatchObject({ method: "GET", headers: { authorization: "let me in" } });
    state.now += 55 * minute - 1;
    expect(await credentials()).toMatchObject({ accessKeyId: "id1" });
    state.now += 1;
    expect(await credentials()).toMatchObject({ accessKeyId: "id2" });
  });

  it("keeps what it has while it cannot be refreshed, until it expires", async () => {
    const { state, credentials } = setUp(container);
    await credentials();
    state.status = 500;
    state.now += hour - 1;
    expect(await credentials()).toMatchObject({ accessKeyId: "id1" });
    state.now += 1;
    await expect(credentials()).rejects.toMatchObject({ name: "CredentialsProviderError" });
  });

  it.each([
    ["there is no source", {}],
    ["one of the variables is missing", { AWS_ACCESS_KEY_ID: "a" }],
    ["the container stands elsewhere", { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://example.com/credentials" }],
  ])("refuses when %s, and asks nobody", async (_, environment) => {
    const { asked, credentials } = setUp(environment);
    await expect(credentials()).rejects.toMatchObject({ name: "CredentialsProviderError" });
    expect(asked).toEqual([]);
  });

  it.each(["", "{}", "<html>", `{"AccessKeyId":"a","SecretAccessKey":"b","Token":"c","Expiration":"soon"}`])(
    "refuses the answer %j",
    async (body) => {
      const { state, credentials } = setUp(container);
      state.body = body;
      await expect(credentials()).rejects.toMatchObject({ name: "CredentialsProviderError" });
    },
  );
});
