import { Logger, type LogItem } from "@aws-lambda-powertools/logger";
import { powertoolsLog } from "../shared/telemetry/powertools.ts";
import type { Log } from "../shared/telemetry/telemetry.ts";

/** A log line as in AWS. */
export interface KeptLine {
  level: string;
  event: string;
  fields: Record<string, unknown>;
}

/** Powertools' Logger, except that it keeps its lines instead of printing them. */
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
 * Returns a log that passes each line to `keep` and prints nothing. The lines are those of Powertools' Logger, which
 * leaves out fields without a value and refuses fields with one of its own names.
 */
export const keptLog = (keep: (line: KeptLine) => void): Log => powertoolsLog(new KeepingLogger(keep));
