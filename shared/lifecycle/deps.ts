import type { Clock } from "../clock.ts";
import type { Policy } from "../policy.ts";
import type { Telemetry } from "../telemetry.ts";
import type { Timers } from "../timers.ts";
import type { UserDirectory } from "../user-directory.ts";
import type { WindowStore } from "../window-store.ts";

/** What the lifecycle works with; each step takes as much of it as it needs. */
export interface Deps {
  windows: WindowStore;
  users: UserDirectory;
  timers: Timers;
  clock: Clock;
  newId: () => string;
  policy: Policy;
  telemetry: Telemetry;
}
