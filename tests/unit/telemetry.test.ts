import { describe, expect, it } from "@jest/globals";
import { describeError, withoutAddresses } from "../../shared/telemetry/telemetry.ts";

describe("describeError", () => {
  it("leaves out quoted text and anything that looks like an address", () => {
    const error = new TypeError("Value 'hanako@example.com' at \"username\" of hanako@example.com is wrong");
    expect(describeError(error)).toMatchObject({ error: "TypeError", detail: "Value '…' at \"…\" of … is wrong" });
  });

  it("leaves an address out of very long text, in good time", () => {
    const from = Date.now();
    expect(withoutAddresses(`${"x".repeat(200_000)} hanako@example.com`)).toMatch(/^x+ …$/);
    expect(Date.now() - from).toBeLessThan(5000);
  });

  it("calls an error that has no name of its own by its code", () => {
    const refused = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(describeError(refused)).toMatchObject({ error: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(describeError(new Error("no code"))).toMatchObject({ error: "Error" });
  });
});
