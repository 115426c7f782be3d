import { describeError, type Telemetry } from "../../shared/telemetry/telemetry.ts";

/** Runs the parts of a run so that a failure of one does not stop the others. */
export interface Steps {
  /** Returns the result of the work, or undefined if it fails. Logs and keeps the failure. */
  attempt<Result>(step: string, work: () => Promise<Result>): Promise<Result | undefined>;
  /** Logs and keeps a failure. */
  failed(step: string, error: unknown): void;
  /** Throws the first failure that was kept, so that the run counts as failed. */
  throwFirstFailure(): void;
}

export const createSteps = ({ log }: Pick<Telemetry, "log">): Steps => {
  const failures: { error: unknown }[] = [];
  const failed = (step: string, error: unknown) => {
    failures.push({ error });
    log.error("reconcile-step-failed", { step, ...describeError(error) });
  };
  return {
    failed,
    async attempt(step, work) {
      try {
        return await work();
      } catch (error) {
        failed(step, error);
        return undefined;
      }
    },
    throwFirstFailure() {
      const [first] = failures;
      if (first !== undefined) throw first.error;
    },
  };
};
