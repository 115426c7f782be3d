import { bugs } from "./bugs.ts";
import { type Run, simulate } from "./simulate-seed.ts";

/** The request to a worker process. */
export interface Task {
  seed: number;
  bug?: string | undefined;
}

/** The answer: a run without its timeline, which only a replay prints. */
export type Answer = Omit<Run, "timeline">;

process.on("message", ({ seed, bug }: Task) => {
  void simulate(
    seed,
    bugs.find(({ name }) => name === bug),
  ).then(({ timeline: _, ...answer }) => process.send?.(answer satisfies Answer));
});
