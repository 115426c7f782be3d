import middy from "@middy/core";
import { neverThrow } from "../../shared/triggers/never-throw.ts";
import { recordSender, type SendRecordOptions } from "../../shared/triggers/send-record.ts";

/** Records a confirmed reset; a confirmed sign-up passes through. */
export const createPostConfirmation = (options: SendRecordOptions) =>
  middy<unknown, unknown>(async (event: unknown) => event)
    .use(neverThrow(options.telemetry))
    .use(recordSender(options));
