import { assumed, billMillion, invocation, sum, tableUsage, type Usage } from "./bills.ts";
import type { Step } from "./one-life.ts";
import { table } from "./report.ts";

/** The sizes of a log line and of an embedded metric from the built functions, in bytes. */
export interface LogSizes {
  line: number;
  metric: number;
}

/**
 * Returns the usage of one life, from its calls. It assumes that each message is sent, received, deleted and handled
 * alone: a million a month is one in 2.6 s, so batches are rare.
 */
const usageOfLife = (steps: Step[], sizes: LogSizes): Usage => {
  const calls = steps.flatMap((step) => step.calls);
  const messages = calls.filter(({ operation }) => operation === "SendMessage");
  const timers = messages.filter(({ caller }) => caller === "scheduler").length;
  const facts = messages.length - timers;
  const total = (what: "lines" | "metrics") => steps.reduce((all, step) => all + step[what], 0);
  return sum(
    tableUsage(calls.filter(({ service }) => service === "DynamoDB")),
    { schedulerInvocations: timers, sqsRequests: messages.length * 3 },
    ...Array<Usage>(facts).fill(sum(invocation(assumed.triggerMs), invocation(assumed.recordResetMs))),
    ...Array<Partial<Usage>>(timers).fill(invocation(assumed.reEnableMs)),
    { logBytes: total("lines") * sizes.line + total("metrics") * sizes.metric },
  );
};

/** Returns the usage of a life if functions took no time and logged nothing. No code could cost less. */
const floorOf = (life: Usage): Usage => ({ ...life, gbSeconds: 0, logBytes: 0 });

/** The sign-in of a protected user: one query that finds nothing to do, and no logs. */
const usageOfSignIn = (memoryGb?: number): Usage => sum(invocation(assumed.triggerMs, memoryGb), { readUnits: 0.5 });

/**
 * For comparison: a timer for each confirmed reset and a function that re-enables, without requests, sign-ins, evidence
 * or retries.
 */
const schedulerToLambda = ({ line }: LogSizes): Usage =>
  sum(
    { schedulerInvocations: 1, writeUnits: 2, readUnits: 0.5, logBytes: 2 * line },
    invocation(assumed.recordResetMs),
    invocation(assumed.recordResetMs),
  );

/** For comparison: a timer for each confirmed reset that calls Cognito directly, without a check of the result. */
const schedulerToCognito = ({ line }: LogSizes): Usage =>
  sum({ schedulerInvocations: 1, logBytes: line }, invocation(assumed.recordResetMs));

export const listMoney = (steps: Step[], sizes: LogSizes): string => {
  const life = usageOfLife(steps, sizes);
  const rows: [string, Usage, number][] = [
    ["1 million resets: this service", life, 1],
    ["the same, if functions took no time and said nothing", floorOf(life), 1],
    ["1 million resets: Scheduler → Lambda direct", schedulerToLambda(sizes), 1],
    ["1 million resets: Scheduler → Cognito direct", schedulerToCognito(sizes), 1],
    ["10 million sign-ins of protected users, 256 MB", usageOfSignIn(), 10],
    ["the same, 512 MB", usageOfSignIn(2 * assumed.memoryGb), 10],
  ];
  return table(
    ["", "Scheduler", "SQS", "Lambda", "DynamoDB", "Logs", "USD"],
    rows.map(([name, usage, millions]) => {
      const bill = Object.values(billMillion(usage)).map((usd) => usd * millions);
      const total = bill.reduce((all, usd) => all + usd, 0);
      return [name, ...[...bill, total].map((usd) => usd.toFixed(2))];
    }),
  );
};
