import { minute } from "../config/duration.ts";
import type { UserKey } from "../users/user-key.ts";

/** An address that Amazon SES takes mail for and delivers to nobody: https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html */
export const simulatorAddress = "success+cognito-mfa-lifecycle-drill@simulator.amazonses.com";

/** The attribute `name` of every user that drills are played with, so that people in the console know what it is for. */
export const drillUserName = "cognito-mfa-lifecycle drill";

/** A drill that takes longer has died, and its user may be deleted. */
export const longestDrill = 20 * minute;

/** The user that a drill is played with. */
export interface DrillUser extends UserKey {
  username: string;
}

/**
 * Where a drill gets its user from. A new one is made for one drill, and deleted however it ends; a standing one is there before
 * and after. `take` throws DrillUserError, `remove` throws when the user could not be deleted or is still there.
 */
export type DrillUsers =
  | { kind: "new"; take(): Promise<DrillUser>; remove(user: DrillUser): Promise<void> }
  | { kind: "standing"; take(): Promise<DrillUser> };

/** There is no user to drill with, for a reason that a person has to remove. */
export class DrillUserError extends Error {
  override name = "DrillUserError";
}
