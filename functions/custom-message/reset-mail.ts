import { day, hour, minute } from "../../shared/config/duration.ts";
import type { ResetMail } from "../../shared/config/trigger-parameters.ts";

export type Language = "en" | "ja";

/** Returns the language of the mail to a user with this `locale` attribute, or undefined if Cognito writes the mail. */
export const languageOf = (locale: unknown, policy: ResetMail): Language | undefined => {
  if (policy === "cognito") return undefined;
  const own = typeof locale === "string" ? /^(en|ja)(?:[-_]|$)/i.exec(locale)?.[1]?.toLowerCase() : undefined;
  if (own === "en" || own === "ja") return own;
  return policy === "locale" ? undefined : policy;
};

/**
 * Returns the mail with the reset code. It contains no text that the user could have written, and always the code
 * placeholder. Without it, Cognito sends no code.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html
 */
export const resetMail = (language: Language, codeParameter: string, gracePeriod: number) =>
  language === "ja"
    ? {
        emailSubject: "パスワード再設定の確認コード",
        emailMessage: [
          `パスワード再設定の確認コードは ${codeParameter} です。`,
          `再設定から${spanInJapanese(gracePeriod)}、サインイン時のメール確認コードの入力が再び必要になります。`,
          "お心当たりがない場合は、このメールを破棄し、管理者にお知らせください。",
        ].join("<br>\n"),
      }
    : {
        emailSubject: "Your password reset code",
        emailMessage: [
          `Your password reset code is ${codeParameter}.`,
          `Email codes at sign-in come back ${spanInEnglish(gracePeriod)} the reset.`,
          "If you did not ask for this, ignore this mail and tell your administrator.",
        ].join("<br>\n"),
      };

const spanInEnglish = (milliseconds: number): string => {
  const [amount, unit] = largestWholeUnit(milliseconds);
  return amount === 0 ? "right after" : `${amount} ${unit}${amount === 1 ? "" : "s"} after`;
};

const japaneseUnits = { day: "日", hour: "時間", minute: "分", second: "秒" };

const spanInJapanese = (milliseconds: number): string => {
  const [amount, unit] = largestWholeUnit(milliseconds);
  return amount === 0 ? "すぐに" : `${amount}${japaneseUnits[unit]}後に`;
};

const units = [
  ["day", day],
  ["hour", hour],
  ["minute", minute],
] as const;

/** Uses the largest unit that loses nothing: 36 hours stay 36 hours. */
const largestWholeUnit = (milliseconds: number): [number, keyof typeof japaneseUnits] => {
  for (const [unit, length] of units) if (milliseconds % length === 0) return [milliseconds / length, unit];
  return [Math.round(milliseconds / 1000), "second"];
};
