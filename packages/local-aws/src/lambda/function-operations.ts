import * as v from "valibot";
import { AwsError, type Operation, operation } from "../service.ts";
import type { LambdaRuntime } from "./lambda-runtime.ts";

const named = { FunctionName: v.string() };
const invalid = (message: string) => new AwsError("InvalidParameterValueException", message);

/**
 * The configuration of a function and its policy. The policy is stored but not enforced: the local Cognito and
 * Scheduler can invoke every function. https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
 */
export const functionOperations = (lambda: LambdaRuntime): Record<string, Operation> => {
  const policies = new Map<string, object[]>();
  return {
    GetFunctionConfiguration: operation(v.strictObject(named), invalid, ({ FunctionName }) => {
      const { name, timeoutMs, environment } = lambda.find(FunctionName);
      return {
        FunctionName: name,
        FunctionArn: lambda.arn(name),
        Runtime: "nodejs24.x",
        Timeout: timeoutMs / 1000,
        State: "Active",
        LastUpdateStatus: "Successful",
        Environment: { Variables: environment },
      };
    }),
    AddPermission: operation(
      v.strictObject({
        ...named,
        StatementId: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/, "must be 1 to 100 of A-Z a-z 0-9 _ -")),
        Action: v.literal("lambda:InvokeFunction"),
        Principal: v.pipe(v.string(), v.regex(/^[\w.-]+$/, "must be a service or an account")),
        SourceArn: v.optional(v.pipe(v.string(), v.startsWith("arn:"))),
        SourceAccount: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, "must be an account id"))),
      }),
      invalid,
      ({ FunctionName, StatementId, Action, Principal, SourceArn, SourceAccount }) => {
        const { name } = lambda.find(FunctionName);
        const statement = {
          Sid: StatementId,
          Effect: "Allow",
          Principal: { Service: Principal },
          Action,
          Resource: lambda.arn(name),
          Condition: {
            ...(SourceAccount !== undefined && { StringEquals: { "AWS:SourceAccount": SourceAccount } }),
            ...(SourceArn !== undefined && { ArnLike: { "AWS:SourceArn": SourceArn } }),
          },
        };
        policies.set(name, [...(policies.get(name) ?? []), statement]);
        return { Statement: JSON.stringify(statement) };
      },
    ),
    GetPolicy: operation(v.strictObject(named), invalid, ({ FunctionName }) => {
      const { name } = lambda.find(FunctionName);
      const Statement = policies.get(name);
      if (Statement === undefined) {
        throw new AwsError("ResourceNotFoundException", "No policy is associated with the given resource.", 404);
      }
      return { Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement }), RevisionId: "local" };
    }),
  };
};
