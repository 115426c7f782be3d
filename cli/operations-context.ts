import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Deps } from "../shared/lifecycle/deps.ts";

/** A deployed stack, with the clients that attach, detach, doctor and drill look at it through. */
export interface OperationsConnection extends Deps {
  stack: { name: string; local: boolean };
  /** Those of infra/outputs.yml; one that an older stack lacks is undefined. */
  outputs: Record<string, string | undefined> & { UserPoolId: string };
  cognito: CognitoIdentityProviderClient;
  lambda: LambdaClient;
  sqs: SQSClient;
  scheduler: SchedulerClient;
  cloudWatch: CloudWatchClient;
  sns: SNSClient;
  sts: STSClient;
  /** The ARN of whoever runs mfactl. */
  caller(): Promise<string>;
}

/** How these commands can end badly. */
export type OperationsFailure =
  | "configuration"
  | "trigger-taken"
  | "pool-unknown-setting"
  | "pool-changed"
  | "pool-restored"
  | "doctor-found"
  | "drill-failed";

/** As much of mfactl as these commands need. */
export interface OperationsContext {
  readonly output: {
    readonly json: boolean;
    /** Ends a command: the document with `--json`, and otherwise the lines. */
    result(document: Record<string, unknown>, lines: () => (string | undefined)[]): void;
    /** For people only, beside the result. */
    aside(text: string): void;
    progress(text: string): void;
  };
  connect(): Promise<OperationsConnection>;
  /** Throws unless the person says yes, or `--yes` did. */
  confirm(question: string): Promise<void>;
  /** The error to throw: what went wrong, what to do next, and what belongs to it. */
  failure(kind: OperationsFailure, message: string, next?: string, details?: Record<string, unknown>): Error;
}
