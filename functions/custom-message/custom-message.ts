import middy from "@middy/core";
import * as v from "valibot";
import type { Policy } from "../../shared/config/policy.ts";
import { neverThrow } from "../../shared/triggers/never-throw.ts";
import { recordSender, type SendRecordOptions } from "../../shared/triggers/send-record.ts";
import { languageOf, resetMail } from "./reset-mail.ts";

type Options = Omit<SendRecordOptions, "worthRecording"> & { policy: Pick<Policy, "resetMail" | "gracePeriod"> };

/** Records a requested reset, and writes its mail if the policy says so. Other messages pass through. */
export const createCustomMessage = (options: Options) =>
  middy<unknown, unknown>(async (event: unknown) => withResetMail(event, options.policy))
    .use(neverThrow(options.telemetry))
    .use(recordSender(options));

const forgotPassword = v.looseObject({
  triggerSource: v.literal("CustomMessage_ForgotPassword"),
  request: v.looseObject({
    codeParameter: v.string(),
    userAttributes: v.record(v.string(), v.unknown()),
  }),
  response: v.nullish(v.looseObject({})),
});

const withResetMail = (event: unknown, policy: Options["policy"]): unknown => {
  if (!v.is(forgotPassword, event)) return event;
  const language = languageOf(event.request.userAttributes["locale"], policy.resetMail);
  if (language === undefined) return event;
  const mail = resetMail(language, event.request.codeParameter, policy.gracePeriod);
  return { ...event, response: { ...event.response, ...mail } };
};
