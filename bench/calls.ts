import type { Step } from "./one-life.ts";
import { table } from "./report.ts";

/** Every call of a life, by who made it. */
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

/** How many of them go to which service. */
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
