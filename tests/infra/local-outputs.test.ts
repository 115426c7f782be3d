import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { startOperationsStack } from "../support/operations.ts";

describe("the local stack", () => {
  it("has no output that the deployed stack has not", async () => {
    const stack = await startOperationsStack();
    const deployed = [...readFileSync("infra/outputs.yml", "utf8").matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
    expect(deployed).toEqual(expect.arrayContaining(Object.keys(stack.outputs)));
    await stack.aws.stop();
  });
});
