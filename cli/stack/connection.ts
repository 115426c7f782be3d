import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { STSClient } from "@aws-sdk/client-sts";
import type { drillLedger } from "../../shared/drill/new-drill-user.ts";
import type { AcceptedCase } from "../../shared/ledgers/accepted-windows.ts";
import type { Ledger } from "../../shared/ledgers/ledger.ts";
import type { ServedPool } from "../../shared/ledgers/served-pools.ts";
import type { Deps } from "../../shared/lifecycle/deps.ts";
import type { DueIndex } from "../../shared/windows/due-index.ts";
import type { WindowReports } from "../../shared/windows/window-reports.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { StackOutputs } from "./stack-outputs.ts";

/** A deployed stack, ready to be worked on: the lifecycle's dependencies, and what only an operator needs. */
export interface Connection extends Deps {
  stack: { name: string; stage: string; region: string; local: boolean };
  outputs: StackOutputs;
  reports: WindowReports;
  accepted: Ledger<AcceptedCase>;
  dueIndex: DueIndex;
  /** Every pool that the table has served. */
  servedPools: Pick<Ledger<ServedPool>, "list">;
  /** The users of drills that are not deleted yet. */
  drillLedger: ReturnType<typeof drillLedger>;
  cognito: CognitoIdentityProviderClient;
  sqs: SQSClient;
  scheduler: SchedulerClient;
  lambda: LambdaClient;
  cloudWatch: CloudWatchClient;
  sns: SNSClient;
  sts: STSClient;
  /** The ARN of whoever runs mfactl: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
  caller(): Promise<string>;
  /** What was done so far, in the words of the audit log. */
  audit: AuditEntry[];
  /** Resolves when the audit log has all of it; the local stack has no audit log. Rejects with why it has not. */
  auditWritten(): Promise<void>;
}
