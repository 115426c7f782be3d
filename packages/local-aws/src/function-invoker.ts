/** The outcome of an invocation: the handler's result, or the error in Lambda's words. */
export type InvocationOutcome =
  { payload: unknown; error?: undefined } | { error: { errorType: string; errorMessage: string } };

/** Runs a Lambda function and waits for its end. Takes the function's name or its ARN. */
export interface FunctionInvoker {
  invoke(functionName: string, event: unknown): Promise<InvocationOutcome>;
}
