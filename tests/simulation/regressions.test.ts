import { expect, it } from "@jest/globals";
import { simulate } from "../../simulation/simulate-seed.ts";

/** Seeds that once broke a promise of the product, with the defects that they found. */
it.each([
  [3, "two deliveries in one batch switched on the same user one after the other"],
  [15, "a fact that came after its window had closed was on no window"],
  [63, "a close went by what was read before an operator switched off, again, what had just been switched on"],
  [83, "a close went by what was read before an operator switched Email MFA off"],
  [459, "an attempt that Cognito had not answered switched off when the next one, and the re-enable, were done"],
  [4236, "windows past due went uncounted while the queue was down"],
  [13167, "a clock that ran behind opened a window that seemed older than the one before"],
  [33050, "of two who closed a window at once the slower one moved its end"],
  [152, "a clock that ran behind put a fact before the window during which it happened"],
  [268, "a window that another clock had closed, six minutes ahead, was not believed to be closed"],
  [315, "a worker whose row changed at every try went on until Lambda ended it"],
  [94, "a slow operator switched Email MFA off when the window had ended"],
])("seed %i keeps every promise: %s", async (seed) => {
  expect((await simulate(seed)).violations).toEqual([]);
});
