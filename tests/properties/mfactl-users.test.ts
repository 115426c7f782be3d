import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { createSimulatedPool } from "../../simulation/pool.ts";
import { type MfactlStack, startMfactlStack } from "../support/mfactl-stack.ts";

let stack: MfactlStack;
let calls: Call[] = [];

beforeAll(async () => {
  stack = await startMfactlStack({}, { createPool: createSimulatedPool });
  stack.aws.endpoint.faults = (call) => {
    if (call.caller === "local") calls.push(call);
    return undefined;
  };
});
afterAll(() => stack.stop());

const run = (argv: string[]) => {
  calls = [];
  return stack.mfactl(argv);
};

describe("what another operator wrote", () => {
  it("neither steers the terminal nor makes lines of its own", async () => {
    const { sub } = await stack.addUser("taro@example.com");
    // Escape, the one-character CSI of Unicode, bell, backspace, and line ends.
    const controls = fc.string({
      unit: fc.constantFrom("\u001b[2J", "\u009b2J", "\u0007", "\b", "\r", "\n", "\u0085", "a"),
    });
    const written = controls.map((given) => `x${given}\nFORGED`);
    await fc.assert(
      fc.asyncProperty(written, written, async (reason, ticket) => {
        fc.pre(reason.length <= 500 && ticket.length <= 100);
        const act = ["--reason", reason, "--ticket", ticket];
        const printed = [];
        for (const argv of [["open"], ["open"], ["extend", "--by=1m"], ["show"], ["close", "--yes"], ["show"]]) {
          const options = argv[0] === "show" ? [] : act;
          printed.push(await run([...argv, sub, ...options]));
          if (argv[0] === "extend") printed.push(await run(["list"]));
        }
        expect(printed.map(({ code }) => code)).toEqual([0, 20, 0, 0, 0, 0, 0]);
        for (const { stdout, stderr } of printed) {
          expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}|^FORGED/mu);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("a user of any name", () => {
  const seen = new Set<string>();
  const name = fc.oneof(
    fc.stringMatching(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u),
    fc.string({ unit: fc.constantFrom('"', "'", "\\", "-", "=", "#", "$", "@", "a"), minLength: 1, maxLength: 128 }),
  );

  it("is requested, kept and shown under that name, and no other user is", async () => {
    await fc.assert(
      fc.asyncProperty(name, async (username) => {
        fc.pre(username.length <= 128 && !seen.has(username.toLowerCase()));
        seen.add(username.toLowerCase());
        const user = await stack.addUser("somebody@example.com", true, stack.userPoolId, username);
        const opened = await run(["open", "--reason=r", "--json", "--", username]);
        expect(opened).toMatchObject({ code: 0, stderr: "" });
        expect(calls.flatMap(({ input }) => input["Username"] ?? []).filter((one) => one !== username)).toEqual([]);
        expect(calls.map(({ operation }) => operation)).toContain("AdminGetUser");
        const keys = JSON.stringify(calls.map(({ input }) => input["Key"] ?? input["Item"] ?? {}));
        expect(keys).toContain(JSON.stringify({ S: `${stack.userPoolId}#${user.sub}` }));
        expect((await stack.find(user)).open).toMatchObject({ username, sub: user.sub });
        const shown = await run(["show", "--json", "--", username]);
        expect(JSON.parse(shown.stdout)).toMatchObject({ user, open: { username } });
      }),
      {
        numRuns: 60,
        examples: [
          "-",
          "--",
          "--json",
          "--local",
          "-h",
          "--help",
          "help",
          "__proto__",
          "$&",
          "名😀",
          '"'.repeat(128),
          `@${'"'.repeat(127)}`,
        ].map((one) => [one]),
      },
    );
  });
});

it("means by a sub the user who has it, even where another has taken it for a username", async () => {
  const victim = await stack.addUser("victim@example.com");
  const attacker = await stack.addUser("attacker@example.com", true, stack.userPoolId, victim.sub);
  await run(["open", victim.sub, "--reason=r"]);
  expect((await stack.find(victim)).open).toMatchObject({ username: "victim@example.com" });
  expect((await stack.find(attacker)).open).toBeUndefined();
});
