import type { Policy } from "../config/policy.ts";
import type { Timers } from "../queues/timers.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { UserDirectory } from "../users/user-directory.ts";
import type { WindowStore } from "../windows/window-store.ts";

/** The dependencies of the lifecycle; each step takes the part that it needs. */
export interface Deps {
  windows: WindowStore;
  users: UserDirectory;
  timers: Timers;
  clock: Clock;
  newId: () => string;
  policy: Policy;
  telemetry: Telemetry;
}
