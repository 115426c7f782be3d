import { Logger, type LogItem } from "@aws-lambda-powertools/logger";
import { powertoolsLog } from "../shared/telemetry/powertools.ts";
import type { Log } from "../shared/telemetry/telemetry.ts";

/** A line as the functions log it in AWS. */
export interface KeptLine {
  level: string;
  event: string;
  fields: Record<string, unknown>;
}

/** Powertools' own Logger, but for the place where its lines end up. */
class KeepingLogger extends Logger {
  readonly #keep: (line: KeptLine) => void;

  constructor(keep: (line: KeptLine) => void) {
    super({ logLevel: "INFO" });
    this.#keep = keep;
  }

  protected override printLog(_level: number, item: LogItem): void {
    item.prepareForPrint();
    const {
      level,
      message,
      sampling_rate: _rate,
      service: _service,
      timestamp: _time,
      ...fields
    } = item.getAttributes();
    this.#keep({ level: String(level).toLowerCase(), event: String(message), fields });
  }
}

/**
 * A log that gives each line to `keep`, and prints nothing. What Powertools' Logger makes of a line, it makes of it here too:
 * it leaves out a field without a value, and refuses a field that has one of its own names.
 */
export const keptLog = (keep: (line: KeptLine) => void): Log => powertoolsLog(new KeepingLogger(keep));
