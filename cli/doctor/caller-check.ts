import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { formatDuration, minute } from "../../shared/config/duration.ts";
import { type Check, fail, ok, warn } from "./finding.ts";

/** Shows the caller and checks that this machine's clock agrees with AWS. */
export const checkCaller: Check = async ({ sts, clock }) => {
  const command = new GetCallerIdentityCommand({});
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response);
      return result;
    },
    { step: "deserialize", priority: "low", name: "keepDate" },
  );
  const { Arn } = await sts.send(command);
  const caller = ok("caller", `You are ${Arn}.`);
  const there = new Date(date ?? NaN).getTime();
  if (Number.isNaN(there))
    return [caller, warn("clock", "The response of AWS has no time.", "Run doctor again later.")];
  const off = clock.now().getTime() - there;
  const found = `This machine's clock is ${formatDuration(off)} ${off < 0 ? "behind" : "ahead of"} AWS's`;
  const next = "Synchronise the clock with NTP: the windows that you open get their times from it.";
  if (Math.abs(off) < 10_000) return [caller, ok("clock", "This machine and AWS agree on the time.")];
  return [caller, Math.abs(off) < minute ? warn("clock", `${found}.`, next) : fail("clock", `${found}.`, next)];
};

const dateOf = (response: unknown): string | undefined => {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null || !("date" in headers)) return undefined;
  return typeof headers.date === "string" ? headers.date : undefined;
};

const nobody = "mfactl-doctor-asks-for-nobody";

/** Checks read access to users and windows. Write access cannot be checked without writing. */
export const checkPermissions: Check = async ({ users, windows, outputs: { UserPoolId: userPoolId } }) => {
  await users.read(nobody);
  await windows.find({ userPoolId, sub: nobody });
  return [ok("permissions", "You may read users and windows. Permission to change them cannot be checked in advance.")];
};
