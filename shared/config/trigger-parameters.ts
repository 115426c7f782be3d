import * as v from "valibot";
import { duration } from "./duration.ts";

/** The parameters of the policy that the triggers need, apart from the others for the sake of their weight. */
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
 * Who words the mail with the reset code: Cognito, or we: in the language of the user's `locale`, and where that is
 * neither English nor Japanese, `en`, `ja` or else Cognito.
 */
export type ResetMail = "cognito" | "locale" | "en" | "ja";

export const resetMail = v.optional(
  v.picklist(["cognito", "locale", "en", "ja"], "must be cognito, locale, en or ja"),
  "cognito",
);
