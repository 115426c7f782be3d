import * as v from "valibot";
import { queryService } from "./query-service.ts";
import { AwsError, operation, type Service } from "./service.ts";

export interface DeployedStack {
  name: string;
  createdAt: Date;
  outputs: Record<string, string>;
}

/** Holds the names and outputs of published stacks. It reads no templates and deploys nothing. */
export class CloudFormation {
  readonly #stacks = new Map<string, DeployedStack & { id: string }>();
  readonly #arnPrefix: string;

  constructor(account: { region: string; accountId: string }) {
    this.#arnPrefix = `arn:aws:cloudformation:${account.region}:${account.accountId}:stack/`;
  }

  put(stack: DeployedStack): void {
    this.#stacks.set(stack.name, { ...stack, id: `${this.#arnPrefix}${stack.name}/local` });
  }

  /** Returns all stacks, or the one with this name or id. */
  find(nameOrId?: string): (DeployedStack & { id: string })[] {
    return [...this.#stacks.values()].filter(({ name, id }) => nameOrId === undefined || [name, id].includes(nameOrId));
  }
}

const invalid = (message: string) => new AwsError("ValidationError", message);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export const cloudFormationService = (cloudFormation: CloudFormation): Service =>
  queryService({
    name: "cloudformation",
    version: "2010-05-15",
    namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
    throttling: { code: "Throttling", message: "Rate exceeded", status: 400 },
    operations: {
      DescribeStacks: operation(
        v.strictObject({ StackName: v.optional(v.pipe(v.string(), v.minLength(1))) }),
        invalid,
        ({ StackName }) => {
          const stacks = cloudFormation.find(StackName);
          if (StackName !== undefined && stacks.length === 0) {
            throw invalid(`Stack with id ${StackName} does not exist`);
          }
          return {
            Stacks: stacks.map(({ id, name, createdAt, outputs }) => ({
              StackId: id,
              StackName: name,
              CreationTime: createdAt,
              StackStatus: "CREATE_COMPLETE",
              Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
            })),
          };
        },
      ),
    },
  });
