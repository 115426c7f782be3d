import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { playTour, tourPolicy } from "../../local/tour/tour.ts";
import { startStack, type TestStack } from "../support/stack.ts";

let stack: TestStack;
let told: string[];
beforeEach(async () => {
  stack = await startStack(tourPolicy);
  told = [];
});
afterEach(() => stack.stop());

const play = () => playTour(stack, stack.calls, (line) => told.push(line));
const doNothing = (name: string) => stack.aws.lambda.register(name, async (event) => event, { timeoutMs: 5000 });

describe("the tour", () => {
  it("plays all six chapters", async () => {
    await play();
    const text = told.join("\n");
    for (const chapter of ["1  ", "2  ", "3  ", "4  ", "5  ", "6  "]) expect(text).toContain(chapter);
    expect(text).toMatch(/mio +operator .*user-gone/);
  }, 300_000);

  it.each([
    ["custom-message", "“forgot password” works now"],
    ["post-confirmation", "the mailed code resets the password"],
    ["post-authentication", "hanako signs in with the new password"],
    ["record-reset", "“forgot password” works now"],
    ["re-enable-mfa", "past due: the schedule has fired and the queue has delivered"],
    ["reconcile", "jun: the reconciler has found the window in the table"],
  ])(
    "fails when %s does nothing, and names the step",
    async (name, step) => {
      doNothing(name);
      await expect(play()).rejects.toThrow(`${step}: `);
    },
    300_000,
  );
});
