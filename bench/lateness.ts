import { ConfirmForgotPasswordCommand, ForgotPasswordCommand } from "@aws-sdk/client-cognito-identity-provider";
import { hour, minute } from "../shared/config/duration.ts";
import { startBenchStack } from "./one-life.ts";
import { table } from "./report.ts";
import { quantile } from "./statistics.ts";

/**
 * Returns how many seconds after due Email MFA is on again, on the local clock, for windows opened at irregular times.
 */
const closeWindows = async (windows: number, lateness: () => number): Promise<number[]> => {
  const { aws, cognito, clientId, telemetry, user } = await startBenchStack(
    { GRACE_PERIOD: "1h" },
    { scheduler: { lateness } },
  );
  for (let count = 0; count < windows; count += 1) {
    const { email } = await user();
    await cognito.send(new ForgotPasswordCommand({ ClientId: clientId, Username: email }));
    const ConfirmationCode = /\d{6}/.exec(aws.mailbox.latest(email).body)?.[0] ?? "";
    const reset = { ClientId: clientId, Username: email, Password: "Another-horse-8", ConfirmationCode };
    await cognito.send(new ConfirmForgotPasswordCommand(reset));
    await aws.clock.advanceBy(7_919);
  }
  await aws.clock.advanceBy(2 * hour);
  await aws.stop();
  return telemetry.values.filter(({ metric }) => metric === "ReEnableLateness").map(({ value }) => value);
};

export const measureLateness = async (windows: number): Promise<string> => {
  const cases: [string, () => number][] = [
    ["Scheduler 0 to 60 s late", () => Math.random() * minute],
    ["every timer lost", () => 24 * hour],
  ];
  const rows: string[][] = [];
  for (const [name, lateness] of cases) {
    const late = await closeWindows(windows, lateness);
    const seconds = (share: number) => `${quantile(late, share).toFixed(1)} s`;
    rows.push([name, `${late.length} of ${windows}`, seconds(0.5), seconds(0.99), seconds(1)]);
  }
  return table(["", "closed", "p50", "p99", "the last"], rows);
};
