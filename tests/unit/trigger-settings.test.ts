import { describe, expect, it } from "@jest/globals";
import { wire as customMessage } from "../../functions/custom-message/wiring.ts";
import { wire as postAuthentication } from "../../functions/post-authentication/wiring.ts";
import { systemClock } from "../../shared/runtime/clock.ts";

const surroundings = (environment: Record<string, string>) => ({
  environment: { AWS_REGION: "eu-west-1", RECORDS_QUEUE_URL: "q", WINDOWS_TABLE: "t", ...environment },
  clock: systemClock,
  newId: () => "1",
  telemetry: {
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined },
    flush: async () => undefined,
  },
});

describe("the settings of a trigger", () => {
  it("are its own: a grace period beyond the default cap is no fault where the cap is not known", () => {
    expect(() => customMessage(surroundings({ GRACE_PERIOD: "5d" }))).not.toThrow();
  });

  it.each([
    [customMessage, { GRACE_PERIOD: "31d" }, `GRACE_PERIOD is "31d"`],
    [customMessage, { RESET_MAIL: "fr" }, `RESET_MAIL is "fr"`],
    [postAuthentication, { VERIFY_EVERY: "1m" }, `VERIFY_EVERY is "1m"`],
    [postAuthentication, { AWS_REGION: "" }, "AWS_REGION"],
  ])("are checked when it starts, %#", (wire, environment, message) => {
    expect(() => wire(surroundings(environment))).toThrow(message);
  });
});
