import { expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { startLocalAws } from "../src/local-aws.ts";

const readme = await readFile("packages/local-aws/README.md", "utf8");

/** The services and operations under "Operations": one bullet per service, its name first. */
const listed = (): Record<string, string[]> => {
  const section = /^## Operations\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
  const bullets = section.match(/^\* .*\n(?: .*\n)*/gm) ?? [];
  return Object.fromEntries(
    bullets.map((bullet) => {
      const [service = "", ...operations] = [...bullet.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
      return [service, operations];
    }),
  );
};

it("lists every operation in README.md, and no other", async () => {
  const aws = await startLocalAws({ start: new Date("2026-01-01T00:00:00Z") });
  await aws.stop();
  expect(listed()).toEqual(aws.endpoint.operations());
});
