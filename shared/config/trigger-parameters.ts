import * as v from "valibot";
import { duration } from "./duration.ts";

/**
 * The parameters of the policy that the triggers need, in a module of their own to keep the triggers' bundles small.
 */
export const gracePeriod = v.optional(duration("0", "30d"), "1d");

export const verifyEvery = v.optional(
  v.union(
    [
      v.pipe(
        v.literal("never"),
        v.transform(() => Infinity),
      ),
      duration("1h", "90d"),
    ],
    "must be never or a duration from 1h to 90d, written like 30m, 12h, 1d or P1D",
  ),
  "7d",
);

/**
 * Who writes the mail with the reset code: Cognito, or this service in the language of the user's `locale`. If that is
 * neither English nor Japanese, `en` and `ja` set the language, and `locale` leaves the mail to Cognito.
 */
export type ResetMail = "cognito" | "locale" | "en" | "ja";

export const resetMail = v.optional(
  v.picklist(["cognito", "locale", "en", "ja"], "must be cognito, locale, en or ja"),
  "cognito",
);
