import { describe, expect, it } from "@jest/globals";
import { describeError } from "../../shared/telemetry.ts";

describe("describeError", () => {
  it("leaves out what an error quotes and what looks like an address", () => {
    const error = new TypeError("Value 'hanako@example.com' at \"username\" of hanako@example.com is wrong");
    expect(describeError(error)).toMatchObject({ error: "TypeError", message: "Value '…' at \"…\" of … is wrong" });
  });
});
