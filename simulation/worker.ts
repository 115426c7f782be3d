import { bugs } from "./bugs.ts";
import { type Run, simulate } from "./simulate-seed.ts";

/** What a worker process is asked for, and what it answers: a run without its timeline, which only a replay prints. */
export interface Task {
  seed: number;
  bug?: string | undefined;
}

export type Answer = Omit<Run, "timeline">;

process.on("message", ({ seed, bug }: Task) => {
  void simulate(
    seed,
    bugs.find(({ name }) => name === bug),
  ).then(({ timeline: _, ...answer }) => process.send?.(answer satisfies Answer));
});
