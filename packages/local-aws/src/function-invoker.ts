/** What an invocation came back with: the handler's result, or the error it ended with (as Lambda reports it). */
export type InvocationOutcome =
  { payload: unknown; error?: undefined } | { error: { errorType: string; errorMessage: string } };

/** Runs a Lambda function to its end and waits for it. The name may be the function's name or its ARN. */
export interface FunctionInvoker {
  invoke(functionName: string, event: unknown): Promise<InvocationOutcome>;
}
