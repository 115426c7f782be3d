import type { Context } from "aws-lambda";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Runs each invocation in its own execution environment. A free environment is used again, except after a crash:
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const inEnvironments = (start: () => unknown): LambdaHandler => {
  const free: Handler[] = [];
  const handler: Handler = async (event, context) => {
    const environment = free.pop() ?? (start() as Handler);
    try {
      return await environment(event, context);
    } finally {
      free.push(environment);
    }
  };
  return handler;
};
