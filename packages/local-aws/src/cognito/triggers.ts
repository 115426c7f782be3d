import * as v from "valibot";
import type { FunctionInvoker, InvocationOutcome } from "../function-invoker.ts";
import { AwsError } from "../service.ts";
import type { TimerClock } from "./cognito-context.ts";
import type { TriggerName } from "./pool-settings.ts";
import type { Pool } from "./pool.ts";
import type { User } from "./user.ts";
import { attributesOf } from "./user.ts";

const TIME_LIMIT = 5000;
/** AWS "may retry" a trigger that does not answer in time. Older text says three tries. Each may take effect. */
const TRIES = 3;

interface TriggerCall {
  source: `${TriggerName}_${string}`;
  pool: Pool;
  userName: string;
  /** Undefined for calls without an app client. */
  clientId: string | undefined;
  request: Record<string, unknown>;
  /** The members that the function can fill in. */
  response?: Record<string, unknown>;
}

/**
 * Invokes the pool's function for this trigger and returns the `response` of its answer, or undefined when the pool has
 * no such function. When the function fails, times out or does not return the event, throws Cognito's error for that:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html.
 */
export type FireTrigger = (call: TriggerCall) => Promise<Record<string, unknown> | undefined>;

export const createFireTrigger =
  (options: { region: string; clock: TimerClock; functions: FunctionInvoker }): FireTrigger =>
  async (call) => {
    const [trigger] = call.source.split("_") as [TriggerName];
    const functionArn = call.pool.settings.LambdaConfig[trigger];
    if (functionArn === undefined) return undefined;
    const event = {
      version: "1",
      triggerSource: call.source,
      region: options.region,
      userPoolId: call.pool.id,
      userName: call.userName,
      callerContext: {
        awsSdkVersion: "aws-sdk-unknown-unknown",
        clientId: call.clientId ?? "CLIENT_ID_NOT_APPLICABLE",
      },
      request: call.request,
      response: call.response ?? {},
    };
    const outcome = await invokeInTime(options, functionArn, event, trigger);
    if (outcome.error !== undefined) {
      const { errorMessage } = outcome.error;
      throw new AwsError("UserLambdaValidationException", `${trigger} failed with error ${errorMessage}.`);
    }
    const answer = v.safeParse(eventObject, outcome.payload);
    if (!answer.success) throw invalidLambdaResponse("Unrecognizable lambda output");
    return answer.output.response;
  };

const eventObject = v.looseObject({ response: v.record(v.string(), v.unknown()) });

export const invalidLambdaResponse = (message: string): AwsError =>
  new AwsError("InvalidLambdaResponseException", message);

/** Resolves to the first answer that comes within the time limit of its try. A late answer is lost. */
const invokeInTime = (
  { clock, functions }: { clock: TimerClock; functions: FunctionInvoker },
  functionArn: string,
  event: object,
  trigger: TriggerName,
): Promise<InvocationOutcome> =>
  new Promise((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new AwsError("UnexpectedLambdaException", `${trigger} invocation failed due to error ${reason}.`));
    const attempt = (number: number): void => {
      let late = false;
      const cancel = clock.at(new Date(clock.now().getTime() + TIME_LIMIT), () => {
        late = true;
        if (number < TRIES) attempt(number + 1);
        else fail("Socket timeout while invoking Lambda function");
      });
      functions.invoke(functionArn, structuredClone(event)).then(
        (outcome) => {
          cancel();
          if (!late) resolve(outcome);
        },
        (error: unknown) => {
          cancel();
          if (!late) fail(error instanceof Error ? error.name : "unknown");
        },
      );
    };
    attempt(1);
  });

/** Returns a user's attributes as triggers get them: all strings. */
export const triggerAttributes = (user: User): Record<string, string> => ({
  ...attributesOf(user),
  "cognito:user_status": user.status,
});
