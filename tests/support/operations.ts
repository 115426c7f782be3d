import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import type { OperationsConnection, OperationsContext } from "../../cli/operations-context.ts";
import { startLocalAws } from "../../local/aws/local-aws.ts";
import { names } from "../../local/service-names.ts";
import { deployStack, type Stack } from "../../local/stack.ts";
import { dynamoDueIndex } from "../../shared/due-index.ts";
import { dynamoServedPools } from "../../shared/served-pools.ts";

export const startStack = async (parameters: Record<string, string> = {}): Promise<Stack> => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z"), random });
  let id = 0;
  return deployStack(aws, () => `id-${(id += 1)}`, parameters);
};

/** An operator with a connection to the stack over HTTP, who says yes to everything unless `answers` says otherwise. */
export const operatorOf = (stack: Stack, answer: (question: string) => boolean = () => true) => {
  const options = { ...stack.aws.clientOptions("operator"), maxAttempts: 1 };
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(options));
  const connection: OperationsConnection = {
    ...stack.operator,
    dueIndex: dynamoDueIndex(documents, names.windowsTable),
    servedPools: dynamoServedPools(documents, names.windowsTable),
    stack: { name: names.stack },
    outputs: stack.outputs,
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
    confirm: async (question) => {
      said.push(question);
      if (!answer(question)) throw new Error("Nothing was done.");
    },
  };
  return { connection, context, said, documents: results };
};
