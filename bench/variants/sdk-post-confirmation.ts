import { randomUUID } from "node:crypto";
import { createPostConfirmation } from "../../functions/post-confirmation/post-confirmation.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { sdkRecordsQueue } from "./sdk-records-queue.ts";
import { telemetry } from "./telemetry.ts";

export const handler = createPostConfirmation({
  records: sdkRecordsQueue(),
  clock: systemClock,
  newId: randomUUID,
  telemetry,
});
