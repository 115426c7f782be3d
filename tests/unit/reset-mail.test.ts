import { describe, expect, it } from "@jest/globals";
import { languageOf, resetMail } from "../../functions/custom-message/reset-mail.ts";
import { day, hour, minute } from "../../shared/config/duration.ts";

describe("languageOf", () => {
  it.each([
    ["ja", "locale", "ja"],
    ["ja-JP", "locale", "ja"],
    ["JA_jp", "en", "ja"],
    ["en-GB", "ja", "en"],
    ["fr-FR", "locale", undefined],
    ["fr-FR", "ja", "ja"],
    ["japanese", "en", "en"],
    [undefined, "locale", undefined],
    [undefined, "en", "en"],
    [true, "locale", undefined],
    ["ja", "cognito", undefined],
  ] as const)("of locale %j under %s is %s", (locale, policy, language) => {
    expect(languageOf(locale, policy)).toBe(language);
  });
});

describe("resetMail", () => {
  it.each(["en", "ja"] as const)("in %s carries the placeholder that Cognito sent", (language) => {
    const mail = resetMail(language, "{##other##}", day);
    expect(mail.emailMessage).toContain("{##other##}");
    expect(mail.emailSubject.length).toBeLessThanOrEqual(140);
  });

  it.each([
    [0, "right after the reset", "再設定からすぐに"],
    [30 * minute, "30 minutes after", "30分後に"],
    [hour, "1 hour after", "1時間後に"],
    [36 * hour, "36 hours after", "36時間後に"],
    [day, "1 day after", "1日後に"],
    [90_000, "90 seconds after", "90秒後に"],
  ])("says when email codes come back after %d ms", (gracePeriod, english, japanese) => {
    expect(resetMail("en", "{####}", gracePeriod).emailMessage).toContain(english);
    expect(resetMail("ja", "{####}", gracePeriod).emailMessage).toContain(japanese);
  });
});
