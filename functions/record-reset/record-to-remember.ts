import { createHash } from "node:crypto";
import * as v from "valibot";
import { record, type FactRecord } from "../../events/record.ts";
import { userRef, username } from "../../events/user-ref.ts";

/** The fields of a message that say whose it is. */
const aboutUser = v.looseObject({ ...userRef, username });

const kindAndTime = v.object({
  kind: v.fallback(record.entries.kind, "signed-in"),
  at: v.optional(v.unknown()),
});

/**
 * Returns the record to keep for a message that may never be handled, or undefined if the message names no user of the
 * pool. A malformed message counts as a sign-in at `now`, unless it says otherwise. Its id is a hash of its body, so
 * that every delivery of the same message is the same record.
 */
export const recordToRemember = (body: string, userPoolId: string, now: Date): FactRecord | undefined => {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  if (!json.success) return undefined;
  const whole = v.safeParse(record, json.output);
  if (whole.success) return whole.output.userPoolId === userPoolId ? whole.output : undefined;
  const user = v.safeParse(aboutUser, json.output);
  if (!user.success || user.output.userPoolId !== userPoolId) return undefined;
  const { kind, at } = v.parse(kindAndTime, json.output);
  const time = v.safeParse(record.entries.at, at);
  return {
    version: 1,
    id: createHash("sha256").update(body).digest("hex"),
    kind,
    at: time.success ? time.output : now,
    userPoolId,
    sub: user.output.sub,
    username: user.output.username,
  };
};
