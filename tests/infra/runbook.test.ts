import { describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";

const runbook = readFileSync("docs/runbook.md", "utf8");
const [, alarmsPart = "", tasksPart = ""] = runbook.split(/^# (?:Alarms|Tasks)$/m);

const alarmNames = readdirSync("infra/alarms")
  .map((file) => readFileSync(`infra/alarms/${file}`, "utf8"))
  .flatMap((text) => [...text.matchAll(/^ +AlarmName: \$\{self:service\}-\$\{sls:stage\}-(\S+)$/gm)])
  .map(([, name = ""]) => name);

/** Returns GitHub's anchor for a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replaceAll(" ", "-");

const sections = alarmsPart
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ anchor: anchorOf(text.split("\n")[0] ?? ""), text }));

describe("the runbook", () => {
  it("has a heading for every alarm, and no heading without an alarm", () => {
    expect(alarmNames.length).toBeGreaterThan(0);
    expect(sections.map(({ anchor }) => anchor).sort()).toEqual([...alarmNames].sort());
  });

  it.each(sections)("says what $anchor means, how to look, how to fix and when not to", ({ text }) => {
    expect([...text.matchAll(/^\*\*(.+?)\.\*\* \S/gm)].map(([, part]) => part)).toEqual([
      "What it means",
      "How to look",
      "How to fix",
      "When not to",
    ]);
  });

  it.each([
    "open an exemption",
    "extend",
    "close",
    "retry",
    "redrive",
    "grace period",
    "attach and detach",
    "restore the table",
    "the user has lost the mailbox",
    "the wrong person was exempted",
    "take the",
    "another user pool",
  ])("has a heading for the task: %s", (task) => {
    expect([...tasksPart.matchAll(/^## (.+)$/gm)].some(([, heading]) => heading?.toLowerCase().includes(task))).toBe(
      true,
    );
  });

  it("links to headings that it has", () => {
    const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    const links = [...runbook.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.filter((anchor) => !headings.includes(anchor ?? ""))).toEqual([]);
  });
});
