import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { inWorker, type Surroundings } from "./surroundings.ts";

/** The options of every SDK client of a function behind a queue: its own limits, under those that the surroundings give. */
export const inWorkerWith = ({ aws }: Pick<Surroundings, "aws">) => ({ ...inWorker, ...aws });

/** The DynamoDB document client of a function behind a queue. */
export const workerDocuments = (surroundings: Pick<Surroundings, "aws">): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(inWorkerWith(surroundings)));
