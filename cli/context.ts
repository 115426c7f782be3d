import type { Clock } from "../shared/runtime/clock.ts";
import { Failure } from "./failure.ts";
import type { Connection } from "./stack/connection.ts";
import type { Interruption } from "./terminal/interruption.ts";
import type { Output, Sink } from "./terminal/output.ts";
import { visible } from "./terminal/visible.ts";

/** What mfactl finds around it. */
export interface Host {
  environment: Record<string, string | undefined>;
  /** The time where the stack runs in AWS; with `--local` the local stack's own clock is asked. */
  clock: Clock;
  newId: () => string;
  stdout: Sink;
  stderr: Sink;
  /** Asks the person at the terminal, who may give no answer; absent where there is no terminal. */
  ask?: ((question: string) => Promise<string | undefined>) | undefined;
  /** Aborts when mfactl is asked to stop; its reason is one of `stopSignals`. */
  stop?: AbortSignal | undefined;
  /** Aborts with an error that nobody caught, after which no answer is to be expected. */
  crash?: AbortSignal | undefined;
}

/** The options that every command takes. */
export interface GlobalOptions {
  stage: string;
  stackName?: string;
  region?: string;
  profile?: string;
  /** The port of the local stack. */
  local?: string;
  json?: boolean;
  yes?: boolean;
}

/** What a command works with. */
export interface Context {
  readonly options: GlobalOptions;
  readonly output: Output;
  /** Finds the stack, and everything from its outputs. */
  connect(): Promise<Connection>;
  /** Throws unless the person says yes, or `--yes` did. */
  confirm(question: string): Promise<void>;
  readonly interruption: Interruption;
}

export const confirmer =
  ({ ask }: Pick<Host, "ask">, options: () => Pick<GlobalOptions, "yes">, interruption: Interruption) =>
  async (question: string): Promise<void> => {
    if (options().yes === true) return;
    if (ask === undefined) {
      const next = "Repeat it with --yes if you mean it.";
      throw new Failure("not-confirmed", `${question} There is no terminal to ask at, so nothing was done.`, next);
    }
    const answer = await ask(visible(`${question} [yes/no] `, false));
    interruption.check();
    if (!/^y(es)?$/i.test(answer?.trim() ?? "")) throw new Failure("not-confirmed", "Nothing was done.");
  };
