import middy from "@middy/core";
import type { CognitoTrigger } from "../../events/cognito-trigger.ts";
import type { Policy } from "../../shared/config/policy.ts";
import { describeError } from "../../shared/telemetry/telemetry.ts";
import { neverThrow } from "../../shared/triggers/never-throw.ts";
import { recordSender, type SendRecordOptions } from "../../shared/triggers/send-record.ts";
import { needsLook } from "../../shared/windows/seen.ts";
import type { WindowGlance } from "../../shared/windows/window-glance.ts";

type Options = Omit<SendRecordOptions, "worthRecording"> & {
  glance: WindowGlance;
  policy: Pick<Policy, "verifyEvery">;
};

/** Records the sign-in of a user who has an open window, is watched, or got no look for `verifyEvery`. */
export const createPostAuthentication = (options: Options) =>
  middy<unknown, unknown>(async (event: unknown) => event)
    .use(neverThrow(options.telemetry))
    .use(recordSender({ ...options, worthRecording: (event) => isWorthRecording(options, event) }));

const isWorthRecording = async (
  { glance, policy, clock, telemetry }: Options,
  { userPoolId, request: { userAttributes } }: CognitoTrigger,
): Promise<boolean> => {
  const { sub } = userAttributes;
  if (typeof sub !== "string") return true;
  try {
    const { open, seen } = await glance({ userPoolId, sub });
    return open || needsLook(seen, policy.verifyEvery, clock.now());
  } catch (error) {
    telemetry.log.warn("glance-failed", describeError(error));
    return true;
  }
};
