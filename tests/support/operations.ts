import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { OperationsConnection, OperationsContext } from "../../cli/stack/operations-context.ts";
import { Interruption } from "../../cli/terminal/interruption.ts";
import { names } from "../../local/service-names.ts";
import { deployStack, type Stack } from "../../local/stack.ts";
import { drillLedger } from "../../shared/drill/new-drill-user.ts";
import { dynamoServedPools } from "../../shared/ledgers/served-pools.ts";
import { dynamoDueIndex } from "../../shared/windows/due-index.ts";

export const startOperationsStack = async (parameters: Record<string, string> = {}): Promise<Stack> => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z"), random });
  let id = 0;
  return deployStack(aws, () => `id-${(id += 1)}`, parameters);
};

/**
 * An operator with an HTTP connection to the stack. The operator answers yes to everything, unless `answers` differs.
 */
export const operatorOf = (stack: Stack, answer: (question: string) => boolean = () => true) => {
  const options = { ...stack.aws.clientOptions("operator"), maxAttempts: 1 };
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  const connection: OperationsConnection = {
    ...stack.operator,
    dueIndex: dynamoDueIndex(documents, names.windowsTable),
    servedPools: dynamoServedPools(documents, names.windowsTable),
    stack: { name: names.stack },
    outputs: stack.outputs,
    drillLedger: drillLedger(documents, names.windowsTable, stack.userPoolId),
    cognito: new CognitoIdentityProviderClient(options),
    lambda: new LambdaClient(options),
    sqs: new SQSClient(options),
    scheduler: new SchedulerClient(options),
    cloudWatch: new CloudWatchClient(options),
    sns: new SNSClient(options),
    sts: new STSClient(options),
    caller: async () => "arn:aws:iam::000000000000:user/operator",
  };
  const said: string[] = [];
  const results: Record<string, unknown>[] = [];
  const context: OperationsContext = {
    output: {
      result: (document, lines) => {
        results.push(document);
        said.push(...lines().filter((line) => line !== undefined));
      },
      aside: (text) => said.push(text),
      progress: (text) => said.push(text),
    },
    connect: async () => connection,
    interruption: new Interruption(),
    confirm: async (question) => {
      said.push(question);
      if (!answer(question)) throw new Error("Nothing was done.");
    },
  };
  return { connection, context, said, documents: results };
};
