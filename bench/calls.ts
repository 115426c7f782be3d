import type { Step } from "./one-life.ts";
import { table } from "./report.ts";

/** Returns a table of every call in a life, by caller. */
export const listCalls = (steps: Step[]): string =>
  table(
    ["step", "who", "calls, in order"],
    steps.flatMap(({ name, calls }) =>
      [...new Set(calls.map(({ caller }) => caller))].map((caller, index) => [
        index === 0 ? name : "",
        caller,
        calls
          .filter((call) => call.caller === caller)
          .map(({ service, operation }) => `${service} ${operation}`)
          .join(", "),
      ]),
    ),
  );

/** Returns a table of the number of calls to each service. */
export const countCalls = (steps: Step[]): string => {
  const all = { name: "one whole life", calls: steps.flatMap(({ calls }) => calls) };
  const services = [...new Set(all.calls.map(({ service }) => service))].sort();
  return table(
    ["step", ...services, "all"],
    [...steps, all].map(({ name, calls }) => [
      name,
      ...services.map((service) => String(calls.filter((call) => call.service === service).length)),
      String(calls.length),
    ]),
  );
};
