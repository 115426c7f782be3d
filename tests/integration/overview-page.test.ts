import { describe, expect, it } from "@jest/globals";
import { serveOverview } from "../../local/pages/overview.ts";
import { startOperationsStack } from "../support/operations.ts";

describe("the page of the local stack", () => {
  it("asks for nothing that the local stack does not serve, not even for an icon", async () => {
    const stack = await startOperationsStack();
    serveOverview(stack);
    const page = await (await fetch(stack.aws.url)).text();
    const asked = [...page.matchAll(/(?:href="|src="|fetch\(")([^"]+)"/g)].map(([, url = ""]) => url);
    const answers = await Promise.all(
      asked.filter((url) => url.startsWith("/")).map(async (url) => (await fetch(`${stack.aws.url}${url}`)).status),
    );
    await stack.aws.stop();
    expect(page).toContain(`<link rel="icon" href="data:,"`);
    expect(asked.filter((url) => !url.startsWith("/"))).toEqual(["data:,"]);
    expect(new Set(answers).has(404)).toBe(false);
  });
});
