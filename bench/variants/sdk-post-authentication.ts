import { randomUUID } from "node:crypto";
import { createPostAuthentication } from "../../functions/post-authentication/post-authentication.ts";
import { parsePolicy } from "../../shared/config/policy.ts";
import { systemClock } from "../../shared/runtime/clock.ts";
import { sdkGlance } from "./sdk-glance.ts";
import { sdkRecordsQueue } from "./sdk-records-queue.ts";
import { telemetry } from "./telemetry.ts";

export const handler = createPostAuthentication({
  records: sdkRecordsQueue(),
  glance: sdkGlance(),
  clock: systemClock,
  newId: randomUUID,
  telemetry,
  policy: parsePolicy({}),
});
