import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { keptLog, type KeptLine } from "../../local/kept-log.ts";
import { powertoolsTelemetry } from "../../shared/telemetry/powertools.ts";
import { describeError, type Log, type LogFields } from "../../shared/telemetry/telemetry.ts";

afterEach(() => void jest.restoreAllMocks());

/** Returns the lines that Powertools' Logger prints for the logs of `say`. */
const printed = (say: (log: Log) => void): Record<string, unknown>[] => {
  const written: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  jest.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  say(powertoolsTelemetry({ AWS_LAMBDA_FUNCTION_NAME: "test" }).log);
  jest.restoreAllMocks();
  return written.map((line) => JSON.parse(line) as Record<string, unknown>);
};

/** Returns the same lines as the local stack keeps them. */
const kept = (say: (log: Log) => void): KeptLine[] => {
  const lines: KeptLine[] = [];
  say(keptLog((line) => lines.push(line)));
  return lines;
};

// A field's value is text, a number or a boolean, so none of these compiles.
// @ts-expect-error The name is the Logger's own.
const fields: LogFields = { message: "lost" };
// @ts-expect-error Nor can it come in with a spread.
const spread: LogFields = { ...{ level: "lost" }, sub: "s" };

describe("a line of the log", () => {
  it("holds the words of a failure, and no line warns of it", () => {
    const say = (log: Log) => log.error("message-failed", { sub: "s", ...describeError(new TypeError("The reason.")) });
    expect(printed(say)).toEqual([
      expect.objectContaining({
        level: "ERROR",
        message: "message-failed",
        function: "test",
        sub: "s",
        error: "TypeError",
        detail: "The reason.",
        where: expect.stringContaining("powertools.test.ts"),
      }),
    ]);
  });

  it.each<[string, (log: Log) => void]>([
    ["an ordinary line", (log) => log.info("a", { text: "t", count: 0, is: false })],
    ["a field without a value", (log) => log.warn("b", { none: undefined, empty: "" })],
    ["a line without fields", (log) => log.error("c")],
    ["a name of the Logger's own", (log) => log.error("d", fields)],
    ["another one", (log) => log.info("e", spread)],
  ])("is kept by the local stack as Powertools prints it: %s", (_, say) => {
    const asKept = kept(say).map(({ level, event, fields }) => ({
      level: level.toUpperCase(),
      message: event,
      ...fields,
    }));
    const asPrinted = printed(say).map(
      ({ service: _s, timestamp: _t, sampling_rate: _r, function: _f, ...line }) => line,
    );
    expect(asKept).toEqual(asPrinted);
  });
});
