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

/** A deployed stack, ready for use: the lifecycle's dependencies and the operator's additional clients. */
export interface Connection extends Deps {
  stack: { name: string; stage: string; region: string; local: boolean };
  outputs: StackOutputs;
  reports: WindowReports;
  accepted: Ledger<AcceptedCase>;
  dueIndex: DueIndex;
  /** Every pool that the table has served. */
  servedPools: Pick<Ledger<ServedPool>, "list">;
  /** Drill users that are not deleted yet. */
  drillLedger: ReturnType<typeof drillLedger>;
  cognito: CognitoIdentityProviderClient;
  sqs: SQSClient;
  scheduler: SchedulerClient;
  lambda: LambdaClient;
  cloudWatch: CloudWatchClient;
  sns: SNSClient;
  sts: STSClient;
  /** The ARN of the person or role that runs mfactl: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
  caller(): Promise<string>;
  /** The acts so far, as entries of the audit log. */
  audit: AuditEntry[];
  /** Resolves when the audit log has every entry. Rejects with the audit log's error. The local stack has no audit log. */
  auditWritten(): Promise<void>;
}
