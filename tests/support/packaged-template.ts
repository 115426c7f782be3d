import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Template {
  Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties: unknown }>;
}

/** A value in a template: text, or CloudFormation's way to name a resource or something of it. */
export type Reference = string | { Ref: string } | { "Fn::GetAtt": [string, string] } | { "Fn::Sub": string };

export interface Statement {
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action: string | string[];
  Resource?: Reference | Reference[];
  Condition?: Record<string, Record<string, Reference>>;
}

export interface PolicyDocument {
  Statement: Statement[];
}

export interface Lambda {
  FunctionName: string;
  Handler: string;
  Runtime: string;
  Architectures: string[];
  Timeout: number;
  Role: Reference;
  Environment: { Variables: Record<string, Reference> };
}

export interface Queue {
  SqsManagedSseEnabled?: boolean;
  MessageRetentionPeriod: number;
  VisibilityTimeout?: number;
  RedrivePolicy?: { deadLetterTargetArn: Reference; maxReceiveCount: number };
  RedriveAllowPolicy?: { redrivePermission: string; sourceQueueArns?: Reference[] };
}

export interface Table {
  GlobalSecondaryIndexes: {
    IndexName: string;
    KeySchema: { AttributeName: string }[];
    Projection: { NonKeyAttributes: string[] };
  }[];
}

export interface Role {
  AssumeRolePolicyDocument: PolicyDocument;
  Policies: { PolicyDocument: PolicyDocument }[];
}

export interface InvokePermission {
  Principal: string;
  SourceAccount?: Reference;
  SourceArn?: Reference;
}

export interface EventSourceMapping {
  EventSourceArn: Reference;
  FunctionName: Reference;
  FunctionResponseTypes: string[];
  ScalingConfig: { MaximumConcurrency: number };
}

/** Packages the service as an operator does, with the real command, and gives the template that would be deployed. */
export const packageService = async (folder: string, ...args: string[]): Promise<Template> => {
  await promisify(execFile)("node_modules/.bin/serverless", ["package", "--package", folder, ...args]);
  const text = await readFile(join(folder, "cloudformation-template-update-stack.json"), "utf8");
  return JSON.parse(text) as Template;
};

/** The properties of the template's resources of one type, by logical id. */
export const resourcesOf = <Properties>(template: Template, type: string): Map<string, Properties> =>
  new Map(
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, resource.Properties as Properties]),
  );

/** What a reference points at: `RecordsQueue`, `WindowsTable.Arn`, or the text itself. */
export const pointsAt = (reference: Reference): string => {
  if (typeof reference === "string") return reference;
  if ("Ref" in reference) return reference.Ref;
  if ("Fn::Sub" in reference) return reference["Fn::Sub"];
  return reference["Fn::GetAtt"].join(".");
};

/** One thing or several, as IAM allows both, as a list. */
export const listOf = <Item>(items: Item | Item[] | undefined): Item[] => {
  if (items === undefined) return [];
  return Array.isArray(items) ? items : [items];
};
