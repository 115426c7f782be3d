import { randomUUID } from "node:crypto";
import { createCustomMessage } from "../../functions/custom-message/custom-message.ts";
import { parsePolicy } from "../../shared/config/policy.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { sdkRecordsQueue } from "./sdk-records-queue.ts";
import { telemetry } from "./telemetry.ts";

export const handler = createCustomMessage({
  records: sdkRecordsQueue(),
  clock: systemClock,
  newId: randomUUID,
  telemetry,
  policy: parsePolicy({}),
});
