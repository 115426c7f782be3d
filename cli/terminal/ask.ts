import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/**
 * Asks the person at the terminal. Resolves to the answer, or to undefined when the input ended (Ctrl-D) or `stop` aborted. Calls
 * `interrupt` on Ctrl-C, because readline gets the key and the terminal sends no signal.
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
