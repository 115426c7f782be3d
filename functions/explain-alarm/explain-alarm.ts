import * as v from "valibot";
import { alarm } from "../../events/alarm.ts";
import { digest } from "../../events/digest.ts";
import type { Policy } from "../../shared/config/policy.ts";
import { acceptedAt, type AcceptedCase, mostAccepted } from "../../shared/ledgers/accepted-windows.ts";
import type { FailedRecords } from "../../shared/ledgers/failed-records.ts";
import type { Ledger } from "../../shared/ledgers/ledger.ts";
import type { RepeatedDrift } from "../../shared/ledgers/repeated-drifts.ts";
import type { ServedPool } from "../../shared/ledgers/served-pools.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import type { Telemetry } from "../../shared/telemetry/telemetry.ts";
import type { DueIndex } from "../../shared/windows/due-index.ts";
import type { WindowStore } from "../../shared/windows/window-store.ts";
import { beyondReach } from "./beyond-reach.ts";
import type { Notices } from "./notices.ts";
import type { Standing } from "./standing.ts";
import { type Invocation, troubledWindows } from "./troubled-windows.ts";
import { wordDigest } from "./word-digest.ts";
import { wordFailedRecords } from "./word-failed-records.ts";
import { wordNotice } from "./word-notice.ts";
import { wordRepeatedDrifts } from "./word-repeated-drifts.ts";

interface Options {
  /** `<service>-<stage>`, the prefix of every name in the stack. */
  service: string;
  userPoolId: string;
  stage: string;
  windows: Pick<WindowStore, "dueUntil" | "find">;
  accepted: Pick<Ledger<AcceptedCase>, "list">;
  failedRecords: Pick<FailedRecords, "list">;
  drifts: Pick<Ledger<RepeatedDrift>, "list">;
  index: Pick<DueIndex, "count" | "rows">;
  servedPools: Pick<Ledger<ServedPool>, "list">;
  standing: Standing;
  notices: Notices;
  policy: Pick<Policy, "overdueTolerance">;
  clock: Clock;
  telemetry: Telemetry;
}

const mostRecords = 1_000;

/**
 * Adds the users, the reasons and the commands to an alarm. The alarm itself reaches its subscribers without this function. Once a
 * day, sends a digest of open problems.
 */
export const createExplainAlarm = (options: Options) => async (event: unknown, context: Invocation) => {
  if (v.is(digest, event)) return sendDigest(options, context);
  const { alarmData } = v.parse(alarm, event);
  if (alarmData.state.value !== "ALARM") return;
  const { userPoolId, stage, clock, notices, telemetry } = options;
  const { alarmName, configuration } = alarmData;
  const now = clock.now();
  const about = { alarmName, description: configuration?.description, userPoolId, stage };
  if (alarmName.endsWith("-records-not-handled")) {
    const records = await options.failedRecords.list(mostRecords);
    await notices.publish(wordFailedRecords({ ...about, records, uncounted: records.length === mostRecords }));
    telemetry.log.info("alarm-explained", { alarm: alarmName, records: records.length });
    return;
  }
  if (alarmName.endsWith("-drift-repeated")) {
    const drifts = (await options.drifts.list(mostRecords)).map(({ entry }) => entry);
    await notices.publish(wordRepeatedDrifts({ ...about, now, drifts }));
    telemetry.log.info("alarm-explained", { alarm: alarmName, drifts: drifts.length });
    return;
  }
  const accepted = acceptedAt(await options.accepted.list(mostAccepted), now);
  const first = alarmName.endsWith("-windows-newly-overdue") ? "latest" : "longest";
  const found = await troubledWindows({ ...options, accepted, now, first, context });
  const unreached = await beyondReach(options, now);
  await notices.publish(wordNotice({ ...about, now, unreached, ...found }));
  telemetry.log.info("alarm-explained", { alarm: alarmName, named: found.named.length, more: found.more });
};

/** CloudWatch does not repeat an alarm that stays in ALARM, so the digest lists it every day. */
const sendDigest = async (options: Options, context: Invocation): Promise<void> => {
  const { service, userPoolId, stage, clock, notices, telemetry, standing } = options;
  const now = clock.now();
  const accepted = acceptedAt(await options.accepted.list(mostAccepted), now);
  const notice = wordDigest({
    service,
    userPoolId,
    stage,
    now,
    alarms: await standing.alarms(),
    windows: await troubledWindows({ ...options, accepted, now, first: "longest", context }),
    unreached: await beyondReach(options, now),
    accepted: accepted.cases,
    records: await options.failedRecords.list(mostRecords),
    deadLetters: await standing.deadLetters(),
  });
  if (notice !== undefined) await notices.publish(notice);
  telemetry.log.info(notice === undefined ? "digest-empty" : "digest-sent");
};
