import type { Clock } from "../../shared/runtime/clock.ts";
import { Failure } from "../exit/failure.ts";
import type { Interruption } from "../terminal/interruption.ts";
import type { Output, Sink } from "../terminal/output.ts";
import { visible } from "../terminal/visible.ts";
import type { Connection } from "./connection.ts";

/** The process that mfactl runs in. */
export interface Host {
  environment: Record<string, string | undefined>;
  /** The time for a stack in AWS. With `--local`, mfactl uses the local stack's clock instead. */
  clock: Clock;
  newId: () => string;
  stdout: Sink;
  stderr: Sink;
  /** Asks the person at the terminal; resolves to undefined without an answer. Undefined when there is no terminal. */
  ask?: ((question: string) => Promise<string | undefined>) | undefined;
  /** Aborts when a signal stops mfactl. The reason is one of `stopSignals`. */
  stop?: AbortSignal | undefined;
  /** Aborts with an uncaught error, after which the command may never end. */
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

/** What every command gets. */
export interface Context {
  readonly options: GlobalOptions;
  readonly output: Output;
  /** Finds the stack and builds its clients from the outputs. */
  connect(): Promise<Connection>;
  /** Throws unless the operator answers yes or gave `--yes`. */
  confirm(question: string): Promise<void>;
  readonly interruption: Interruption;
}

export const confirmer =
  ({ ask }: Pick<Host, "ask">, options: () => Pick<GlobalOptions, "yes">, interruption: Interruption) =>
  async (question: string): Promise<void> => {
    if (options().yes === true) return;
    if (ask === undefined) {
      const next = "To confirm, repeat the command with --yes.";
      throw new Failure("not-confirmed", `${question} There is no terminal to ask, so nothing was done.`, next);
    }
    const answer = await ask(visible(`${question} [yes/no] `, false));
    interruption.check();
    if (!/^y(es)?$/i.test(answer?.trim() ?? "")) throw new Failure("not-confirmed", "Nothing was done.");
  };
