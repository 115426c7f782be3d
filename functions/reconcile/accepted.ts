import { acceptedAt, type AcceptedCase, type AcceptedWindows, mostAccepted } from "../../shared/accepted-windows.ts";
import type { Ledger } from "../../shared/ledger.ts";
import { describeError, type Telemetry } from "../../shared/telemetry.ts";

/** The windows that are accepted at `now`. None where that cannot be read: then they count, which alarms. */
export const readAccepted = async (
  { accepted, telemetry }: { accepted: Pick<Ledger<AcceptedCase>, "list">; telemetry: Telemetry },
  now: Date,
): Promise<AcceptedWindows> => {
  try {
    return acceptedAt(await accepted.list(mostAccepted), now);
  } catch (error) {
    telemetry.log.error("accepted-unreadable", describeError(error));
    return acceptedAt([], now);
  }
};
