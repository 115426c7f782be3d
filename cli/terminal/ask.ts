import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/**
 * Asks the person at the terminal, and gives back the line of the answer: undefined when there is none, since the input ended
 * (Ctrl-D) or `stop` aborted. Calls `interrupt` at Ctrl-C, which a terminal does not turn into a signal while a line is read.
 */
export const asker =
  (
    { input, output, terminal }: { input: Readable; output: Writable; terminal?: boolean },
    stop: AbortSignal,
    interrupt: () => void,
  ) =>
  async (question: string): Promise<string | undefined> => {
    if (stop.aborted) return undefined;
    const lines = createInterface({ input, output, terminal });
    const close = () => lines.close();
    stop.addEventListener("abort", close);
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once("line", resolve);
      lines.once("close", () => resolve(undefined));
      lines.on("SIGINT", interrupt);
      lines.setPrompt(question);
      lines.prompt();
    });
    stop.removeEventListener("abort", close);
    lines.close();
    if (answer === undefined) output.write("\n");
    return answer;
  };
