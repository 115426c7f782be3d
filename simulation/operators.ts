import type { Deps } from "../shared/lifecycle/deps.ts";
import { closeByOperator, extendByOperator, openByOperator } from "../shared/lifecycle/operate.ts";

/** An operator's command. */
export type OperatorAct =
  | { act: "open"; username: string; by: string; gracePeriod: number }
  | { act: "extend"; username: string; by: string; milliseconds: number }
  | { act: "close"; username: string; by: string };

/** Returns the operator's tool as a function, so that it can die halfway like any other. */
export const createOperator = (deps: Deps) => async (act: OperatorAct) => {
  const why = { by: act.by, reason: "cannot sign in" };
  try {
    const user = await deps.users.read(act.username);
    if (user === "gone") return undefined;
    switch (act.act) {
      case "open":
        return await openByOperator(deps, act.username, why, act.gracePeriod);
      case "extend":
        return await extendByOperator(deps, user, act.milliseconds, why);
      case "close":
        return await closeByOperator(deps, user, why);
    }
  } finally {
    await deps.telemetry.flush();
  }
};
