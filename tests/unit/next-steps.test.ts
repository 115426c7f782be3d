import { describe, expect, it } from "@jest/globals";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { nextSteps } from "../../local/next-steps.ts";
import { day, hour } from "../../shared/config/duration.ts";

describe("the next steps", () => {
  it.each([
    [2 * day + hour, "2d 1h ahead of this machine's"],
    [-hour, "1h behind this machine's"],
  ])("says where the clock stands, %d ms from the machine's", async (distance, words) => {
    const machineNow = new Date("2026-01-01T00:00:00Z");
    const aws = await startLocalAws({ start: new Date(machineNow.getTime() + distance) });
    try {
      const text = nextSteps({ aws, userPoolId: "us-east-1_a", clientId: "c" }, machineNow);
      expect(text).toContain(`It shows ${aws.clock.now().toISOString().slice(0, 19)}Z, ${words}`);
    } finally {
      await aws.stop();
    }
  });
});
