import { afterEach, describe, expect, it, jest } from "@jest/globals";
import middy from "@middy/core";
import { lazyTelemetry } from "../../shared/telemetry/lazy-telemetry.ts";
import { neverThrow } from "../../shared/triggers/never-throw.ts";

// Nothing here reads it, and Middy takes one that is empty for a call outside of Lambda.
const context = {} as never;

describe("neverThrow", () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(["ends well", "throws"])("gives the event back when the handler %s and nothing can be told", async (how) => {
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
