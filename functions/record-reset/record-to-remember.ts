import { createHash } from "node:crypto";
import * as v from "valibot";
import { record, type FactRecord } from "../../events/record.ts";
import { userRef, username } from "../../events/user-ref.ts";

/** As much of a message as tells whose it is. */
const aboutUser = v.looseObject({ ...userRef, username });

const kindAndTime = v.object({
  kind: v.fallback(record.entries.kind, "signed-in"),
  at: v.optional(v.unknown()),
});

/**
 * The record to remember of a message that may never be handled; undefined where no user of the pool can be read from it. What
 * a malformed message is about is a sign-in to look at, unless it says otherwise; it happened at `now` unless it says when. The
 * id of a malformed one is made of its body: the same message is the same record, however often it is delivered.
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
