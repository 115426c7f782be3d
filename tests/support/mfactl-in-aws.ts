import { type ChildProcess, spawn } from "node:child_process";
import { Writable } from "node:stream";
import { serve } from "@cognito-mfa-lifecycle/local-aws/server.ts";
import type { WireResponse } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import type { MfactlStack } from "./mfactl-stack.ts";

export const caller = "arn:aws:sts::000000000000:assumed-role/HelpDesk/taro";

const xml = (status: number, body: string): WireResponse => ({ status, headers: { "content-type": "text/xml" }, body });

const identity = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${caller}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** An entry of the audit log. */
interface Audited {
  message: string;
  by?: string;
  sub?: string;
}

/** The exit code and output of a process. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs mfactl as a separate process, without --local. It uses the local AWS of the stack, plus what only a stack in AWS
 * has: a CloudFormation stack, a caller and an audit log.
 */
export const mfactlInAws = async (stack: MfactlStack) => {
  const audited: Audited[] = [];
  const calls: string[] = [];
  let instead: (operation: string) => WireResponse | undefined | Promise<WireResponse | undefined> = () => undefined;

  const describeStacks = (): WireResponse => {
    const all = { ...stack.outputs, AuditLogGroupName: "/cognito-mfa-lifecycle/prod/audit" };
    const members = Object.entries(all).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    const found = `<Stacks><member><Outputs>${members.join("")}</Outputs></member></Stacks>`;
    return xml(
      200,
      `<DescribeStacksResponse><DescribeStacksResult>${found}</DescribeStacksResult></DescribeStacksResponse>`,
    );
  };

  const logs = (operation: string, body: string): WireResponse => {
    if (operation === "PutLogEvents") {
      const { logEvents } = JSON.parse(body) as { logEvents: { message: string }[] };
      audited.push(...logEvents.map(({ message }) => JSON.parse(message) as Audited));
    }
    return { status: 200, headers: { "content-type": "application/x-amz-json-1.1" }, body: "{}" };
  };

  const { server, url } = await serve(async (request) => {
    const target = request.headers["x-amz-target"]?.split(".")[1];
    const operation = target ?? /Action=(\w+)/.exec(request.body)?.[1] ?? request.path;
    calls.push(operation);
    const given = await instead(operation);
    if (given !== undefined) return given;
    if (operation === "DescribeStacks") return describeStacks();
    if (operation === "GetCallerIdentity") return xml(200, identity);
    if (request.headers["x-amz-target"]?.startsWith("Logs_") === true) return logs(operation, request.body);
    return stack.aws.endpoint.answer(request);
  }, 0);

  const env = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "taro",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_EC2_METADATA_DISABLED: "true",
  };

  /** Starts a Bash command line with the program as $mfactl. */
  const start = (line: string) => {
    const script = `mfactl="node bin/mfactl.mjs"; ${line}`;
    const child = spawn("bash", ["-c", script], { env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
    return { child, ended: endOf(child) };
  };

  return {
    audited,
    calls,
    start,
    /** Runs such a command line. It can wait for `ready` by reading from file descriptor 3. */
    run(line: string, ready?: Promise<void>): Promise<Ended> {
      const { child, ended } = start(line);
      const third = child.stdio[3];
      if (third instanceof Writable) void ready?.then(() => third.end("ready\n"));
      return ended;
    },
    /** Replaces AWS for calls that it answers. */
    answerInstead(answer: typeof instead): void {
      instead = answer;
    },
    stop(): void {
      server.closeAllConnections();
      server.close();
    },
  };
};

const endOf = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => {
    const ended: Ended = { code: null, signal: null, stdout: "", stderr: "" };
    child.stdout?.on("data", (more) => (ended.stdout += String(more)));
    child.stderr?.on("data", (more) => (ended.stderr += String(more)));
    child.on("close", (code, signal) => resolve({ ...ended, code, signal }));
  });
