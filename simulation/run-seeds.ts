import { fork } from "node:child_process";
import type { Answer, Task } from "./worker.ts";

/**
 * Simulates the seeds in this many processes. Stops early when `onRun` returns "enough". Rejects when a process dies.
 */
export const runSeeds = async (
  tasks: Iterable<Task>,
  processes: number,
  onRun: (answer: Answer) => "go on" | "enough",
): Promise<void> => {
  const left = tasks[Symbol.iterator]();
  let isEnough = false;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(new URL("worker.ts", import.meta.url), { stdio: ["ignore", "inherit", "ignore", "ipc"] });
      const next = () => {
        const task = left.next();
        if (isEnough || task.done === true) worker.disconnect();
        else worker.send(task.value);
      };
      worker.on("message", (answer: Answer) => {
        if (onRun(answer) === "enough") isEnough = true;
        next();
      });
      worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}.`))));
      next();
    });
  await Promise.all(Array.from({ length: processes }, work));
};
