import middy from "@middy/core";
import { neverThrow } from "../../shared/triggers/never-throw.ts";
import { recordFacts, type RecordFactsOptions } from "../../shared/triggers/send-record.ts";

/** Records a confirmed reset; a confirmed sign-up passes through. */
export const createPostConfirmation = (options: RecordFactsOptions) =>
  middy<unknown, unknown>(async (event: unknown) => event)
    .use(neverThrow(options.telemetry))
    .use(recordFacts(options));
