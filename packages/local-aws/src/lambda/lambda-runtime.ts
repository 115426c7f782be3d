import type { Context } from "aws-lambda";
import type { FunctionInvoker, InvocationOutcome } from "../function-invoker.ts";
import { randomId } from "../random-id.ts";
import { AwsError, type WireResponse } from "../service.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import { currentInvocation, Invocation } from "./invocation.ts";

export type LambdaHandler = (event: never, context: Context) => Promise<unknown>;

/**
 * Decides for each AWS call that a handler makes in this process whether the handler dies "before" or "after" the call
 * takes effect. `invocation.calls` counts the calls from 1.
 */
export type CrashPlan = (invocation: Invocation) => "before" | "after" | undefined;

interface RegisteredFunction {
  name: string;
  handler: LambdaHandler;
  timeoutMs: number;
  environment: Record<string, string>;
}

const FUNCTION_NAME = /^(?:arn:aws:lambda:[a-z0-9-]+:\d{12}:function:)?([a-zA-Z0-9-_]+)(?::\$LATEST)?$/;

/** Runs handlers in this process, as Lambda does: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export class LambdaRuntime implements FunctionInvoker {
  /** Replace it to make handlers die halfway. */
  crashes: CrashPlan = () => undefined;
  readonly #functions = new Map<string, RegisteredFunction>();
  readonly #clock: VirtualClock;
  readonly #random: () => number;
  readonly #arnPrefix: string;

  constructor(options: { clock: VirtualClock; random: () => number; region: string; accountId: string }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#arnPrefix = `arn:aws:lambda:${options.region}:${options.accountId}:function:`;
  }

  /** Registers a function. GetFunctionConfiguration returns `environment`; nothing else uses it. */
  register(
    name: string,
    handler: LambdaHandler,
    { timeoutMs, environment = {} }: { timeoutMs: number; environment?: Record<string, string> },
  ): void {
    this.#functions.set(name, { name, handler, timeoutMs, environment });
  }

  arn(name: string): string {
    return this.#arnPrefix + name;
  }

  /** Throws ResourceNotFoundException for a function that is not registered. */
  find(nameOrArn: string): Omit<RegisteredFunction, "handler"> {
    return this.#find(nameOrArn);
  }

  async invoke(nameOrArn: string, event: unknown): Promise<InvocationOutcome> {
    const fn = this.#find(nameOrArn);
    const invocation = new Invocation(fn.name, randomId(this.#random));
    const deadline = new Date(this.#clock.now().getTime() + fn.timeoutMs);
    const cancelTimeout = this.#clock.at(deadline, () =>
      invocation.fail("Sandbox.Timedout", `Task timed out after ${(fn.timeoutMs / 1000).toFixed(2)} seconds`),
    );
    void this.#clock.track(() => Promise.race([this.#run(fn, invocation, event, deadline), invocation.stopped]));
    const outcome = await invocation.outcome;
    cancelTimeout();
    return outcome;
  }

  /**
   * Performs an AWS call for the current invocation, if there is one. After its outcome, an invocation makes no calls.
   */
  async call(perform: () => Promise<WireResponse>): Promise<WireResponse> {
    const invocation = currentInvocation.getStore();
    if (invocation === undefined) return perform();
    invocation.calls += 1;
    const crash = this.crashes(invocation);
    if (crash === "before") invocation.fail("Runtime.ExitError", "Runtime exited with error: exit status 1");
    if (invocation.isOver) return invocation.stop();
    try {
      return await this.#clock.call(perform, ({ status }) => status >= 400);
    } finally {
      if (crash === "after") invocation.fail("Runtime.ExitError", "Runtime exited with error: exit status 1");
      if (invocation.isOver) await invocation.stop();
    }
  }

  async #run(fn: RegisteredFunction, invocation: Invocation, event: unknown, deadline: Date): Promise<void> {
    try {
      const context = this.#context(invocation, deadline);
      const result = await currentInvocation.run(invocation, () => fn.handler(copy(event) as never, context));
      invocation.end({ payload: marshal(result) });
    } catch (error) {
      invocation.end({ error: describeError(error) });
    }
  }

  #context(invocation: Invocation, deadline: Date): Context {
    const refuse = () => {
      throw new Error("The local stack does not know callback-style handlers.");
    };
    return {
      awsRequestId: invocation.requestId,
      functionName: invocation.functionName,
      functionVersion: "$LATEST",
      invokedFunctionArn: this.arn(invocation.functionName),
      memoryLimitInMB: "256",
      logGroupName: `/aws/lambda/${invocation.functionName}`,
      logStreamName: "local",
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline.getTime() - this.#clock.now().getTime()),
      done: refuse,
      fail: refuse,
      succeed: refuse,
    };
  }

  #find(nameOrArn: string): RegisteredFunction {
    const name = FUNCTION_NAME.exec(nameOrArn)?.[1] ?? nameOrArn;
    const found = this.#functions.get(name);
    if (found === undefined)
      throw new AwsError("ResourceNotFoundException", `Function not found: ${this.arn(name)}`, 404);
    return found;
  }
}

const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

class MarshalError extends Error {
  override name = "Runtime.MarshalError";
}

const marshal = (result: unknown): unknown => {
  try {
    return copy(result);
  } catch {
    throw new MarshalError("Unable to stringify response body");
  }
};

const describeError = (error: unknown): { errorType: string; errorMessage: string } =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };
