import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proxyFor } from "../../cli/aws/proxy.ts";
import { explainError } from "../../cli/exit/explain-error.ts";
import { run } from "../../cli/run.ts";
import { startAwsFront, startProxy } from "../support/aws-front.ts";
import { selfSignedCertificate } from "../support/self-signed-certificate.ts";

type Front = Awaited<ReturnType<typeof startAwsFront>>;

let aws: Front;
let folder: string;

/** Stopped after the test, even if it fails. */
const started: { stop: () => void }[] = [];
const stopLater = async <Server extends { stop: () => void }>(starting: Promise<Server>): Promise<Server> => {
  const server = await starting;
  started.push(server);
  return server;
};

beforeEach(async () => {
  aws = await stopLater(startAwsFront());
  folder = mkdtempSync(join(tmpdir(), "mfactl-aws-"));
});
afterEach(() => {
  for (const server of started.splice(0)) server.stop();
  rmSync(folder, { recursive: true });
});

interface Given {
  config?: string;
  credentials?: string;
  environment?: Record<string, string>;
  /** The person's answers. Without them there is no terminal. */
  answer?: string;
  to?: Front;
}

/** Runs a command that does not find its stack. By then it has read all settings under test. */
const list = async (argv: string[], { config = "", credentials = "", environment, answer, to = aws }: Given = {}) => {
  // New files each time, because the SDK caches files by their path.
  const home = mkdtempSync(join(folder, "home-"));
  const files = { AWS_CONFIG_FILE: join(home, "config"), AWS_SHARED_CREDENTIALS_FILE: join(home, "credentials") };
  writeFileSync(files.AWS_CONFIG_FILE, config);
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, credentials);
  const said = { code: -1, stderr: "", questions: 0 };
  said.code = await run([...argv, "list"], {
    environment: {
      ...files,
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL: to.url,
      AWS_EC2_METADATA_DISABLED: "true",
      ...environment,
    },
    clock: { now: () => new Date("2026-01-15T10:00:00Z"), sleep: async () => undefined },
    newId: () => "id",
    stdout: { write: () => undefined },
    stderr: { write: (text) => (said.stderr += text) },
    ask:
      answer === undefined
        ? undefined
        : async () => {
            said.questions += 1;
            return answer;
          },
  });
  return { ...said, by: to.calls.at(-1)?.accessKeyId };
};

const keys = (id: string) => `aws_access_key_id = ${id}\naws_secret_access_key = s\n`;
const environmentKeys = { AWS_ACCESS_KEY_ID: "ENVIRONMENT", AWS_SECRET_ACCESS_KEY: "s" };
const two = `[default]\n${keys("DEFAULT")}[work]\n${keys("WORK")}`;

describe("the credentials of mfactl, as of the AWS CLI", () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ["the default profile", [], {}, "DEFAULT"],
    ["AWS_PROFILE", [], { AWS_PROFILE: "work" }, "WORK"],
    ["AWS_DEFAULT_PROFILE", [], { AWS_DEFAULT_PROFILE: "work", AWS_PROFILE: "default" }, "WORK"],
    ["keys in the environment", [], environmentKeys, "ENVIRONMENT"],
    ["keys in the environment before AWS_PROFILE", [], { ...environmentKeys, AWS_PROFILE: "work" }, "ENVIRONMENT"],
    ["--profile before both", ["--profile", "work"], { ...environmentKeys, AWS_PROFILE: "default" }, "WORK"],
    ["--profile default before keys in the environment", ["--profile", "default"], environmentKeys, "DEFAULT"],
  ])("are those of %s", async (_, argv, environment, expected) => {
    const { by, code, stderr } = await list(argv, { credentials: two, environment });
    expect(stderr).toContain("The stack cognito-mfa-lifecycle-prod does not exist");
    expect({ by, code }).toEqual({ by: expected, code: 3 });
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["keys in the environment before AWS_PROFILE", [], { AWS_PROFILE: "work" }, "ENVIRONMENT"],
    ["the profile that --profile names, at its endpoint", ["--profile", "work"], {}, "WORK"],
  ])(
    "are, with ~/.aws, those of %s",
    async (_, argv, environment, expected) => {
      mkdirSync(join(folder, ".aws"));
      writeFileSync(join(folder, ".aws", "credentials"), two);
      writeFileSync(join(folder, ".aws", "config"), `[profile work]\nendpoint_url = ${aws.url}\n`);
      const settings = { AWS_REGION: "us-east-1", ...environmentKeys, ...environment };
      const env = { PATH: process.env["PATH"], HOME: folder, ...settings };
      const { stderr } = await new Promise<{ stderr: string }>((resolve) => {
        execFile("node", ["bin/mfactl.mjs", ...argv, "list"], { env }, (_error, _stdout, stderr) =>
          resolve({ stderr }),
        );
      });
      expect(stderr).toContain("The stack cognito-mfa-lifecycle-prod does not exist in us-east-1.");
      expect(aws.calls.map(({ accessKeyId }) => accessKeyId)).toEqual([expected]);
    },
    60_000,
  );

  const role = "[profile admin]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = work\nregion = eu-west-1\n";

  it("are those of the role of a profile, assumed with the keys of another", async () => {
    expect(await list(["--profile", "admin"], { config: role, credentials: two })).toMatchObject({ by: "ASSUMED" });
    expect(aws.calls).toMatchObject([
      { action: "AssumeRole", accessKeyId: "WORK", region: "us-east-1" },
      { action: "DescribeStacks", accessKeyId: "ASSUMED" },
    ]);
  });

  it("are asked for an MFA code once, at the terminal", async () => {
    const config = `${role}mfa_serial = arn:aws:iam::1:mfa/taro\n`;
    const { by, questions } = await list(["--profile", "admin"], { config, credentials: two, answer: " 123456\n" });
    expect({ by, questions }).toEqual({ by: "ASSUMED", questions: 1 });
    expect(aws.calls[0]?.parameters.get("SerialNumber")).toBe("arn:aws:iam::1:mfa/taro");
  });

  it.each([
    [undefined, "there is no terminal to enter it", "aws configure export-credentials --profile admin --format env"],
    ["hello", "six digits", "Repeat the command"],
    ["000000", "could not be assumed", "each code works once"],
  ])("are refused with the MFA code %j, and the way out is said", async (answer, words, next) => {
    const config = `${role}mfa_serial = arn:aws:iam::1:mfa/taro\n`;
    const said = await list(["--profile", "admin"], { config, credentials: two, ...(answer && { answer }) });
    expect(said.code).toBe(4);
    expect(said.stderr).toContain(words);
    expect(said.stderr).toContain(next);
  });

  it("are those of a process, whose environment is not changed", async () => {
    const script = join(folder, "process.mjs");
    const source = `const AccessKeyId = "OF-" + (process.env.AWS_PROFILE ?? "PROCESS");
      console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey: "s" }));`;
    writeFileSync(script, source);
    const config = `[profile p]\ncredential_process = node ${script}\n`;
    expect(await list(["--profile", "p"], { config })).toMatchObject({ by: "OF-PROCESS" });
  });

  it("are those of the web identity token in the environment, before the keys of the default profile", async () => {
    const token = join(folder, "token");
    writeFileSync(token, "jwt");
    const environment = { AWS_WEB_IDENTITY_TOKEN_FILE: token, AWS_ROLE_ARN: "arn:aws:iam::1:role/ci" };
    expect(await list([], { credentials: two, environment })).toMatchObject({ by: "ASSUMED" });
    expect(aws.calls[0]).toMatchObject({ action: "AssumeRoleWithWebIdentity", accessKeyId: "" });
    expect(await list(["--profile", "work"], { credentials: two, environment })).toMatchObject({ by: "WORK" });
  });

  it.each([
    [{ AWS_ACCESS_KEY_ID: "A" }, "", 4, "AWS_SECRET_ACCESS_KEY is not"],
    [{}, "[default]\nrole_arn = arn:aws:iam::1:role/a\n", 3, "exactly one of source_profile and credential_source"],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: "/t" }, "", 3, "Set AWS_ROLE_ARN"],
    [{}, "", 4, "neither in the environment nor in the profile default"],
    [
      { AWS_PROFILE: "s" },
      "[profile s]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x\nsso_region = us-east-1",
      4,
      "aws sso login --profile s",
    ],
    [
      { AWS_PROFILE: "s" },
      `[profile s]\nsso_account_id = 1\nsso_role_name = r\nsso_session = x\n${keys("OLD")}[sso-session x]\nsso_start_url = https://x\nsso_region = us-east-1`,
      4,
      "aws sso login --profile s",
    ],
    [{ AWS_PROFILE: "p" }, "[profile p]\ncredential_process = false", 4, "credential_process of the profile p"],
  ])("are refused for the environment %j and the file %j", async (environment, config, code, words) => {
    const said = await list([], { environment, config });
    expect(said).toMatchObject({ code, stderr: expect.stringContaining(words) });
    expect(aws.calls).toEqual([]);
  });
});

describe("the settings of mfactl, as of the AWS CLI", () => {
  it.each(["--profile", "AWS_PROFILE"])("fails for a profile that does not exist, named by %s", async (how) => {
    const option = how === "--profile";
    const given = { credentials: two, environment: { ...environmentKeys, ...(!option && { AWS_PROFILE: "wrok" }) } };
    const { code, stderr } = await list(option ? ["--profile", "wrok"] : [], given);
    expect(code).toBe(3);
    expect(stderr).toContain('There is no AWS profile "wrok" in');
    expect(aws.calls).toEqual([]);
  });

  it.each([
    [["--region", "ap-northeast-1"], {}, "ap-northeast-1"],
    [[], { AWS_DEFAULT_REGION: "eu-north-1" }, "us-east-1"],
    [[], { AWS_REGION: "", AWS_DEFAULT_REGION: "eu-north-1" }, "eu-north-1"],
    [[], { AWS_REGION: "" }, "eu-west-3"],
  ])("works in the Region of %j and %j", async (argv, environment, region) => {
    const config = "[profile work]\nregion = eu-west-3\n";
    await list(["--profile", "work", ...argv], { config, credentials: two, environment });
    expect(aws.calls[0]?.region).toBe(region);
  });

  it("has the endpoint of the profile that is named, and of its services, not of another", async () => {
    const other = await stopLater(startAwsFront());
    const config = `[default]\nendpoint_url = http://127.0.0.1:9
[profile work]\nendpoint_url = ${aws.url}
[profile split]\nendpoint_url = http://127.0.0.1:9\nservices = mine\n${keys("SPLIT")}
[services mine]\ncloudformation =\n  endpoint_url = ${other.url}\n`;
    const environment = { AWS_ENDPOINT_URL: "", AWS_PROFILE: "default" };
    expect(await list(["--profile", "work"], { config, credentials: two, environment })).toMatchObject({ by: "WORK" });
    const given = { config, credentials: two, environment, to: other };
    expect(await list(["--profile", "split"], given)).toMatchObject({ by: "SPLIT" });
  });

  it("assumes a role at the endpoint of the profile, too", async () => {
    const config = `[profile admin]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = work\nendpoint_url = ${aws.url}\n`;
    const environment = { AWS_ENDPOINT_URL: "" };
    expect(await list(["--profile", "admin"], { config, credentials: two, environment })).toMatchObject({
      by: "ASSUMED",
    });
    expect(aws.calls.map(({ action }) => action)).toEqual(["AssumeRole", "DescribeStacks"]);
  });

  it("tries as often as AWS_MAX_ATTEMPTS or the profile says, and else 4 times", async () => {
    const attempts = async (environment: Record<string, string>, config = "") => {
      aws.calls.length = 0;
      aws.fail(100);
      const { code } = await list([], { environment: { ...environmentKeys, ...environment }, config });
      expect(code).toBe(5);
      return aws.calls.length;
    };
    expect(await attempts({})).toBe(4);
    expect(await attempts({ AWS_MAX_ATTEMPTS: "1" })).toBe(1);
    expect(await attempts({}, "[default]\nmax_attempts = 2\n")).toBe(2);
    expect(await attempts({ AWS_MAX_ATTEMPTS: "1" }, "[default]\nmax_attempts = 2\n")).toBe(1);
  }, 30_000);

  it.each([
    [{ AWS_MAX_ATTEMPTS: "many" }, "AWS_MAX_ATTEMPTS"],
    [{ AWS_RETRY_MODE: "none" }, "AWS_RETRY_MODE"],
    [{ AWS_CA_BUNDLE: "/nonexistent.pem" }, "The CA bundle /nonexistent.pem"],
    [{ HTTP_PROXY: "socks5://127.0.0.1:9" }, "HTTP_PROXY"],
  ])("says what is wrong with %j", async (environment, words) => {
    const said = await list([], { environment: { ...environmentKeys, ...environment } });
    expect(said).toMatchObject({ code: 3, stderr: expect.stringContaining(words) });
  });
});

describe("the way to AWS", () => {
  const certificate = selfSignedCertificate();

  it("trusts the CA bundle of AWS_CA_BUNDLE or the profile, and nothing else", async () => {
    const secure = await stopLater(startAwsFront(certificate));
    const bundle = join(folder, "ca.pem");
    writeFileSync(bundle, certificate.cert);
    const given = { environment: environmentKeys, to: secure };
    expect(await list([], given)).toMatchObject({ code: 5, by: undefined });
    const environment = { ...environmentKeys, AWS_CA_BUNDLE: bundle };
    expect(await list([], { ...given, environment })).toMatchObject({ code: 3, by: "ENVIRONMENT" });
    secure.calls.length = 0;
    expect(await list([], { ...given, config: `[default]\nca_bundle = ${bundle}\n` })).toMatchObject({
      by: "ENVIRONMENT",
    });
  }, 20_000);

  it("goes through HTTPS_PROXY, with AWS_CA_BUNDLE, and not where NO_PROXY names the host", async () => {
    const secure = await stopLater(startAwsFront(certificate));
    const proxy = await stopLater(startProxy());
    const bundle = join(folder, "ca.pem");
    writeFileSync(bundle, certificate.cert);
    const environment = { ...environmentKeys, AWS_CA_BUNDLE: bundle, HTTPS_PROXY: `http://${proxy.host}` };
    expect(await list([], { environment, to: secure })).toMatchObject({ code: 3, by: "ENVIRONMENT" });
    expect(proxy.asked).toEqual([`CONNECT ${secure.host}`]);
    const direct = { ...environment, NO_PROXY: "example.com, .LOCALHOST" };
    expect(await list([], { environment: direct, to: secure })).toMatchObject({ code: 3 });
    expect(proxy.asked).toHaveLength(1);
  });

  it("signs in to a proxy with the name in its address, and says so when that is refused", async () => {
    const secure = await stopLater(startAwsFront(certificate));
    const proxy = await stopLater(startProxy(`Basic ${Buffer.from("taro:secret").toString("base64")}`));
    const bundle = join(folder, "ca.pem");
    writeFileSync(bundle, certificate.cert);
    const environment = { ...environmentKeys, AWS_CA_BUNDLE: bundle };
    const allowed = { ...environment, https_proxy: `taro:secret@${proxy.host}` };
    expect(await list([], { environment: allowed, to: secure })).toMatchObject({ code: 3, by: "ENVIRONMENT" });
    const refused = await list([], { environment: { ...environment, HTTPS_PROXY: proxy.host }, to: secure });
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining("HTTPS_PROXY") });
  }, 20_000);

  it("goes through HTTP_PROXY to an endpoint without TLS", async () => {
    const proxy = await stopLater(startProxy());
    const environment = { ...environmentKeys, HTTP_PROXY: proxy.host };
    expect(await list([], { environment })).toMatchObject({ code: 3, by: "ENVIRONMENT" });
    expect(proxy.asked).toEqual([`POST ${aws.url}/`]);
  });

  it("says what to do about a certificate that is not trusted", () => {
    const { kind, next } = explainError(Object.assign(new Error("self-signed"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }));
    expect({ kind, next }).toEqual({ kind: "aws-failed", next: expect.stringContaining("AWS_CA_BUNDLE") });
  });

  it.each([
    ["", "sqs.us-east-1.amazonaws.com", "http://p:1"],
    ["*", "sqs.us-east-1.amazonaws.com", undefined],
    ["amazonaws.com", "sqs.us-east-1.amazonaws.com", undefined],
    [" .AMAZONAWS.com , x", "SQS.us-east-1.amazonaws.com", undefined],
    ["sqs.us-east-1.amazonaws.com:443", "sqs.us-east-1.amazonaws.com", undefined],
    ["sqs.us-east-1.amazonaws.com:80", "sqs.us-east-1.amazonaws.com", "http://p:1"],
    ["naws.com,,.", "sqs.us-east-1.amazonaws.com", "http://p:1"],
  ])("with NO_PROXY %j reaches %s by %s", (no, host, proxy) => {
    const target = { scheme: "https", host, port: 443 } as const;
    expect(proxyFor(target, { HTTPS_PROXY: "http://p:1", NO_PROXY: no })).toBe(proxy);
  });

  it.each([
    [{ HTTPS_PROXY: "a:1", https_proxy: "b:1" }, "http://b:1"],
    [{ HTTPS_PROXY: "a:1", https_proxy: "" }, undefined],
    [{ HTTP_PROXY: "a:1", ALL_PROXY: "b:1" }, undefined],
    [{ HTTPS_PROXY: "//a:1" }, "http://a:1"],
    [{ HTTPS_PROXY: "https://a:1" }, "https://a:1"],
  ])("with %j goes through %s", (environment, proxy) => {
    expect(proxyFor({ scheme: "https", host: "h", port: 443 }, environment)).toBe(proxy);
  });
});
