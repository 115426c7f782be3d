import { assumed, billMillion, invocation, sum, tableUsage, type Usage } from "./bills.ts";
import type { Step } from "./one-life.ts";
import { table } from "./report.ts";

/** Bytes of a log line and of an embedded metric, as the built functions write them. */
export interface LogSizes {
  line: number;
  metric: number;
}

/**
 * What one life uses, by its counted calls. Each message is sent, received, deleted and handled alone: a million a month is
 * one in 2.6 s, and batches of them are rare.
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

/** The life with functions that take no time and say nothing: no code of ours could cost less. */
const floorOf = (life: Usage): Usage => ({ ...life, gbSeconds: 0, logBytes: 0 });

/** The sign-in of a protected user: one query, which finds nothing to do, and nothing logged. */
const usageOfSignIn = (memoryGb?: number): Usage => sum(invocation(assumed.triggerMs, memoryGb), { readUnits: 0.5 });

/** A timer for each confirmed reset, and a function that re-enables: no requests, no sign-ins, no proof, no retry. */
const schedulerToLambda = ({ line }: LogSizes): Usage =>
  sum(
    { schedulerInvocations: 1, writeUnits: 2, readUnits: 0.5, logBytes: 2 * line },
    invocation(assumed.recordResetMs),
    invocation(assumed.recordResetMs),
  );

/** A timer for each confirmed reset that calls Cognito itself, and nobody who looks whether that helped. */
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
