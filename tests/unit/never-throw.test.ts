import { afterEach, describe, expect, it, jest } from "@jest/globals";
import middy from "@middy/core";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";
import { neverThrow } from "../../shared/triggers/never-throw.ts";

// Nothing here reads the context, but Middy treats an empty one as a call outside of Lambda.
const context = {} as never;

describe("neverThrow", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(["ends well", "throws"])("returns the event when the handler %s and telemetry fails", async (how) => {
    const said = jest.spyOn(console, "error").mockReturnValue(undefined);
    let loads = 0;
    const telemetry = lazyTelemetry(() => {
      loads += 1;
      return Promise.reject(new Error("cannot load"));
    });
    const handler = middy<unknown, unknown>(async (event: unknown) => {
      telemetry.log.info("told");
      if (how === "throws") throw new Error("broken");
      return event;
    }).use(neverThrow(telemetry));
    const event = { triggerSource: "PostConfirmation_ConfirmForgotPassword" };
    expect(await handler(event, context)).toEqual(event);
    expect(loads).toBe(1);
    expect(said.mock.calls).toMatchObject([["telemetry-failed", { detail: "cannot load" }]]);
  });
});
