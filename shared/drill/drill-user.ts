import { minute } from "../config/duration.ts";
import type { UserKey } from "../users/user-key.ts";

/**
 * Amazon SES accepts mail for this address and delivers it to nobody:
 * https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export const simulatorAddress = "success+cognito-mfa-lifecycle-drill@simulator.amazonses.com";

/** The attribute `name` of every drill user, so that people who see the user in the console know its purpose. */
export const drillUserName = "cognito-mfa-lifecycle drill";

/** Milliseconds after which a drill has died, and its user may be deleted. */
export const longestDrill = 20 * minute;

/** The user of a drill. */
export interface DrillUser extends UserKey {
  username: string;
}

/**
 * Provides the users of drills. A new user is made for one drill, and deleted however it ends; a standing user exists
 * before and after. `take` throws DrillUserError. `remove` throws if the user could not be deleted or still exists.
 */
export type DrillUsers =
  | { kind: "new"; take(): Promise<DrillUser>; remove(user: DrillUser): Promise<void> }
  | { kind: "standing"; take(): Promise<DrillUser> };

/** There is no user for the drill, for a reason that a person has to fix. */
export class DrillUserError extends Error {
  override name = "DrillUserError";
}
