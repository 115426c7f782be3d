import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties: unknown;
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs: Record<string, { Value: Reference }>;
}

/** A value in a template: text, or a CloudFormation reference to a resource or its attribute. */
export type Reference =
  | string
  | { Ref: string }
  | { "Fn::GetAtt": [string, string] }
  | { "Fn::Sub": string | [string, Record<string, Reference>] };

export interface Statement {
  Effect: "Allow" | "Deny";
  Principal?: "*" | { Service?: string; AWS?: Reference };
  Action: string | string[];
  Resource?: Reference | Reference[];
  Condition?: Record<string, Record<string, Reference | Reference[]>>;
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
  LoggingConfig?: { LogFormat: string; ApplicationLogLevel: string; SystemLogLevel: string };
  Role: Reference;
  Environment: { Variables: Record<string, Reference> };
}

export interface Queue {
  QueueName: string;
  SqsManagedSseEnabled?: boolean;
  MessageRetentionPeriod: number;
  VisibilityTimeout?: number;
  RedrivePolicy?: { deadLetterTargetArn: Reference; maxReceiveCount: number };
  RedriveAllowPolicy?: { redrivePermission: string; sourceQueueArns?: Reference[] };
}

export interface InvokePermission {
  FunctionName: Reference;
  Principal: string;
  SourceAccount?: Reference;
  SourceArn?: Reference;
}

/** The result of `serverless package`: the template and the zip of each function. */
export class Packaged {
  readonly template: Template;
  readonly zips: Map<string, Buffer>;
  /** The statements that the framework sends with SetStackPolicy after an update. */
  readonly stackPolicy: Statement[];

  constructor(template: Template, zips: Map<string, Buffer>, stackPolicy: Statement[]) {
    this.template = template;
    this.zips = zips;
    this.stackPolicy = stackPolicy;
  }

  /** Returns the properties of the resources of one type, by logical id. */
  resources<Properties>(type: string): Map<string, Properties> {
    return new Map(
      Object.entries(this.template.Resources)
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]) => [id, resource.Properties as Properties]),
    );
  }

  all<Properties>(type: string): Properties[] {
    return [...this.resources<Properties>(type).values()];
  }

  /** Returns the properties of one resource of that type, by its logical id or a reference to it. */
  one<Properties>(type: string, id: string): Properties {
    const found = this.resources<Properties>(type).get(id.replace(/\.Arn$/, ""));
    if (found === undefined) throw new Error(`The template has no ${id} of type ${type}.`);
    return found;
  }

  lambda(name: string): Lambda {
    const found = this.all<Lambda>("AWS::Lambda::Function").find(({ FunctionName }) =>
      FunctionName.endsWith(`-${name}`),
    );
    if (found === undefined) throw new Error(`The template has no function ${name}.`);
    return found;
  }
}

/** Packages the service as an operator does, with the real command. */
export const packageService = async (...args: string[]): Promise<Packaged> => {
  const folder = await mkdtemp(join(tmpdir(), "packaged-"));
  try {
    await promisify(execFile)("node_modules/.bin/serverless", ["package", "--package", folder, ...args]);
    const text = await readFile(join(folder, "cloudformation-template-update-stack.json"), "utf8");
    const names = (await readdir(folder)).filter((name) => name.endsWith(".zip"));
    const zips = await Promise.all(
      names.map(async (name) => [name.replace(".zip", ""), await readFile(join(folder, name))] as const),
    );
    const state = JSON.parse(await readFile(join(folder, "serverless-state.json"), "utf8")) as {
      service: { provider: { stackPolicy: Statement[] } };
    };
    return new Packaged(JSON.parse(text) as Template, new Map(zips), state.service.provider.stackPolicy);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Returns the target of a reference: `RecordsQueue`, `WindowsTable.Arn`, or the text itself. */
export const pointsAt = (reference: Reference | undefined): string => {
  if (reference === undefined) return "";
  if (typeof reference === "string") return reference;
  if ("Ref" in reference) return reference.Ref;
  if ("Fn::Sub" in reference) return listOf(reference["Fn::Sub"]).at(0) as string;
  return reference["Fn::GetAtt"].join(".");
};

/** Returns a list of one or several values, because IAM allows both. */
export const listOf = <Item>(items: Item | Item[] | undefined): Item[] => {
  if (items === undefined) return [];
  return Array.isArray(items) ? items : [items];
};

/**
 * Returns the permissions of the statements, as "action on resource", with "… of partition" if only some are allowed.
 */
export const grantsOf = (statements: Statement[]): string[] =>
  statements.flatMap(({ Action, Resource, Condition }) =>
    listOf(Action).flatMap((action) =>
      listOf(Resource).flatMap((resource) => {
        const grant = `${action} on ${pointsAt(resource)}`;
        const partitions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
          /^ForAllValues:String(Equals|Like)$/.test(operator) ? listOf(keys["dynamodb:LeadingKeys"]) : [],
        );
        return partitions.length === 0 ? [grant] : partitions.map((partition) => `${grant} of ${pointsAt(partition)}`);
      }),
    ),
  );

/** Returns whether a grant from `grantsOf` allows the needed action, on its partition or on all partitions. */
export const covers = (grant: string, needed: string): boolean => {
  if (grant === needed || needed.startsWith(`${grant} of `)) return true;
  return grant.includes(" of ") && grant.endsWith("*") && needed.startsWith(grant.slice(0, -1));
};
