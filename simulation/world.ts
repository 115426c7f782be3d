import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { User } from "@cognito-mfa-lifecycle/local-aws/cognito/user.ts";
import { inProcessHandler, inProcessSend } from "@cognito-mfa-lifecycle/local-aws/in-process-handler.ts";
import { currentInvocation } from "@cognito-mfa-lifecycle/local-aws/lambda/invocation.ts";
import type { LambdaHandler } from "@cognito-mfa-lifecycle/local-aws/lambda/lambda-runtime.ts";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { memoryDynamoDb } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/memory-dynamodb.ts";
import { randomId } from "@cognito-mfa-lifecycle/local-aws/random-id.ts";
import type { Answered, Call, WireRequest } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import type { VirtualClock } from "@cognito-mfa-lifecycle/local-aws/virtual-clock.ts";
import type { CognitoTrigger } from "../events/cognito-trigger.ts";
import { names } from "../local/service-names.ts";
import { deployStack, type StackOptions } from "../local/stack.ts";
import { minute } from "../shared/config/duration.ts";
import { policyFromEnvironment } from "../shared/config/policy.ts";
import { rememberedAttribute } from "../shared/queues/sqs-batch.ts";
import { plus } from "../shared/runtime/instants.ts";
import type { Surroundings } from "../shared/runtime/surroundings.ts";
import type { Bug } from "./bugs.ts";
import { CallGate } from "./call-gate.ts";
import { describeCall } from "./describe-call.ts";
import { inEnvironments } from "./environments.ts";
import { factOf } from "./fact-ledger.ts";
import { Faults } from "./faults.ts";
import { InvocationTelemetry } from "./invocation-telemetry.ts";
import { createOperator } from "./operators.ts";
import { People } from "./people.ts";
import { createSimulatedPool } from "./pool.ts";
import { promptRetries } from "./prompt-retries.ts";
import { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { Timeline } from "./timeline.ts";
import { Watch } from "./watch.ts";

export type World = Awaited<ReturnType<typeof createWorld>>;

/** Creates the service on its own local AWS, with faults and a watch. */
export const createWorld = async (scenario: Scenario, bug?: Bug) => {
  const { seed, start } = scenario;
  const draw = (what: string) => new Random(`${what} ${seed}`);
  const table = memoryDynamoDb();
  let onCall: (call: Call, answer: Answered) => void = () => undefined;
  const aws = await startLocalAws({
    start,
    random: draw("aws").next,
    cognito: { behaviour: scenario.behaviour },
    scheduler: { pastAt: scenario.pastAt, lateness: () => Math.floor(lateness.next() * 59_000) },
    dynamoDb: table,
    observe: (call, answer) => onCall(call, answer),
  });
  const lateness = draw("scheduler");
  const { clock } = aws;
  clock.waitsForRepeats = false;
  const now = () => clock.now();
  const timeline = new Timeline(now);
  const telemetry = new InvocationTelemetry(clock, timeline);
  const skews = Object.values(scenario.skews);
  const margin = Math.max(0, ...skews) - Math.min(0, ...skews);
  const watch = new Watch({
    now,
    start,
    policy: policyFromEnvironment(scenario.parameters),
    margin,
    timeline,
    table,
    values: telemetry.values,
  });
  const faults = new Faults({
    random: draw("faults"),
    lying: draw("lies"),
    rates: scenario.rates,
    timeline,
    now,
    areOn: () => now() < scenario.faultsEnd,
    performLater(call, milliseconds) {
      clock.at(plus(now(), milliseconds), async () => {
        const late = { ...call, caller: "late" };
        const nothing: WireRequest = { method: "POST", path: "/", headers: {}, body: "" };
        const status = await aws.cognito.perform(late, nothing).then(
          () => 200,
          () => 400,
        );
        onCall(late, { status });
      });
    },
  });

  const heldUp = new WeakSet<object>();
  const gate = new CallGate(clock, draw("gate"));
  const gated = async (request: WireRequest) => {
    await gate.pass();
    return aws.endpoint.answer(request);
  };
  const hold = async () => {
    const invocation = currentInvocation.getStore();
    const slowness = invocation === undefined ? 0 : faults.slowness();
    if (invocation === undefined || slowness === 0) return;
    heldUp.add(invocation);
    watch.delayed.add(invocation);
    await clock.sleep(slowness);
  };
  const answerOurs = async (request: WireRequest) => {
    await hold();
    const slow = faults.slownessOf(serviceOf(request));
    if (slow > 0) watch.delayed.add(currentInvocation.getStore() ?? watch);
    if (slow > 0) await clock.sleep(slow);
    const response = await aws.lambda.call(() => gated(request));
    await hold();
    return response;
  };

  // Waiting for its turn is the only reason why a worker sleeps.
  const whileWaiting: (() => void)[] = [];
  const options: StackOptions = {
    createPool: createSimulatedPool,
    surroundings: (caller, usual): Required<Surroundings> => {
      const skew = scenario.skews[caller] ?? 0;
      return {
        ...usual,
        clock: {
          now: () => plus(now(), skew),
          sleep(milliseconds) {
            for (const task of whileWaiting.splice(0)) task();
            return clock.sleep(milliseconds);
          },
        },
        telemetry: telemetry.for(caller),
        light: { send: inProcessSend(answerOurs), pause: async () => undefined },
        aws: {
          ...aws.clientOptions(caller),
          signerConstructor: aws.signerConstructor,
          requestHandler: inProcessHandler(answerOurs),
          retryStrategy: promptRetries(3),
        },
      };
    },
    handler: (name, wire, surroundings) => {
      const handler = inEnvironments(() => (bug?.wires?.[name] ?? wire)(surroundings)) as Handler;
      if (isTrigger(name)) return asTrigger(name, handler, { faults, watch, telemetry });
      if (name === "re-enable-mfa") return inTime(name, handler, { watch, clock, heldUp });
      if (name === "record-reset") return inTime(name, noting(handler, { watch, clock }), { watch, clock, heldUp });
      return handler;
    },
  };
  const ids = draw("ids");
  const stack = await deployStack(aws, () => randomId(ids.next), scenario.parameters, options);
  const deps = bug?.operator?.(stack.operator) ?? stack.operator;
  aws.lambda.register("operator", createOperator(deps), { timeoutMs: minute });

  const people = new People({
    client: new CognitoIdentityProviderClient({
      ...aws.clientOptions("people"),
      signerConstructor: aws.signerConstructor,
      requestHandler: inProcessHandler(gated),
      retryStrategy: promptRetries(1),
    }),
    service: aws.cognito,
    mailbox: aws.mailbox,
    now,
    timeline,
    ...stack,
  });
  const askedAtSignIn = (user: User) => aws.cognito.askedAtSignIn(stack.userPoolId, user);
  const look = (by: string) => watch.users.look(aws.cognito.users(stack.userPoolId), askedAtSignIn, by);
  const nameOf = (sub: string) => watch.users.now(sub)?.username ?? sub;
  const meanwhile = draw("meanwhile");
  let afterCall: { matches: (call: Call) => boolean; task: () => void }[] = [];
  let calls = 0;
  onCall = (call, answer) => {
    calls += 1;
    timeline.add(call.caller, `${describeCall(call, nameOf)} → ${answer.status}`);
    watch.onCall(call, answer, people, look);
    const username = String(call.input["Username"]);
    const due = afterCall.filter(({ matches }) => matches(call));
    afterCall = afterCall.filter((one) => !due.includes(one));
    for (const { task } of due) task();
    const isReEnabling = call.caller === "re-enable-mfa" && call.operation === "AdminGetUser";
    if (isReEnabling && people.hasCode(username) && meanwhile.chance(0.5)) {
      faults.struck("reset during a re-enable", username);
      void people.resetPassword(username);
    }
  };
  aws.endpoint.faults = faults.ofCall;
  aws.lambda.crashes = faults.ofInvocation;
  aws.sqs.deliveries = (message) => {
    if (message.queueName === names.recordsQueue) {
      watch.facts.enqueued(
        message.body,
        now(),
        (fact) => watch.windows.seen(fact.userPoolId, fact.sub)?.known === true,
      );
    }
    return faults.ofMessage(message);
  };
  const whenCalled = (matches: (call: Call) => boolean, task: () => void) => void afterCall.push({ matches, task });
  const whenWorkerWaits = (task: () => void) => void whileWaiting.push(task);
  return {
    ...{
      scenario,
      aws,
      clock,
      stack,
      timeline,
      telemetry,
      watch,
      faults,
      people,
      look,
      margin,
      whenCalled,
      whenWorkerWaits,
    },
    calls: () => calls,
  };
};

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const isTrigger = (name: string): boolean => /^(custom|post)-/.test(name);

/**
 * Wraps a trigger. Cognito can call it any number of times. It must never throw, because Cognito would refuse the user.
 */
const asTrigger = (
  name: string,
  handler: Handler,
  { faults, watch, telemetry }: { faults: Faults; watch: Watch; telemetry: InvocationTelemetry },
) => {
  const said = (sub: string) =>
    watch.facts.countOf(sub) + telemetry.values.filter(({ metric }) => metric === "RecordFailed").length;
  const called: Handler = async (event, context) => {
    let answer = event;
    const { userPoolId, request } = event as CognitoTrigger;
    const sub = String(request.userAttributes["sub"]);
    for (let left = faults.triggerCalls(name); left > 0; left -= 1) {
      const before = said(sub);
      try {
        answer = await handler(event, context);
        // A trigger that Lambda has ended says nothing any more, whatever it has recorded.
        const isOver = currentInvocation.getStore()?.isOver === true;
        if (name === "post-authentication" && !isOver && said(sub) === before) watch.onSilentSignIn(userPoolId, sub);
      } catch (error) {
        watch.violate(`the trigger ${name} threw`);
        throw error;
      }
    }
    return answer;
  };
  return called as LambdaHandler;
};

const services: Record<string, string> = {
  AWSCognitoIdentityProviderService: "cognito-idp",
  DynamoDB_20120810: "DynamoDB",
};

const serviceOf = ({ headers }: WireRequest): string | undefined =>
  services[headers["x-amz-target"]?.split(".")[0] ?? ""];

/** Reports to the watch a worker that still runs in its last millisecond, although no single call delayed it. */
const inTime = (
  name: string,
  handler: Handler,
  { watch, clock, heldUp }: { watch: Watch; clock: VirtualClock; heldUp: WeakSet<object> },
) => {
  const timed: Handler = async (event, context) => {
    const invocation = currentInvocation.getStore();
    const cancel = clock.at(plus(clock.now(), context.getRemainingTimeInMillis() - 1), () => {
      if (invocation !== undefined && !invocation.isOver && !heldUp.has(invocation)) {
        watch.violate(`${name} ran into its time-out`);
      }
    });
    const answer = await handler(event, context);
    cancel();
    return answer;
  };
  return timed as LambdaHandler;
};

/**
 * Reports to the watch which facts record-reset reports as handled. A fact that is still remembered will come again.
 */
const noting = (handler: Handler, { watch, clock }: { watch: Watch; clock: VirtualClock }) => {
  const noted: Handler = async (event, context) => {
    const answer = (await handler(event, context)) as SQSBatchResponse;
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, body, messageAttributes } of (event as SQSEvent).Records) {
      const comesAgain =
        rememberedAttribute in messageAttributes && watch.remembered().includes(factOf(body)?.id ?? "");
      if (!failed.has(messageId) && !comesAgain) watch.facts.handled(body, clock.now());
    }
    return answer;
  };
  return noted;
};
