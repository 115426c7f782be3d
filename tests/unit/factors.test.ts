import { describe, expect, it } from "@jest/globals";
import { emailMfaIsOn, isProtected, prefersEmail, readFactors } from "../../shared/users/factors.ts";

const factors = (active: string[], preferred?: string) => ({ active, preferred });

const legacySms = [{ DeliveryMedium: "SMS", AttributeName: "phone_number" }];

describe("readFactors", () => {
  it.each([
    ["nothing", {}, factors([])],
    [
      "the list and the preference",
      { UserMFASettingList: ["SMS_MFA"], PreferredMfaSetting: "SMS_MFA" },
      factors(["SMS_MFA"], "SMS_MFA"),
    ],
    [
      "an empty preference as none",
      { UserMFASettingList: ["EMAIL_OTP"], PreferredMfaSetting: "" },
      factors(["EMAIL_OTP"]),
    ],
    ["SMS of the hosted UI as a factor", { MFAOptions: legacySms }, factors(["SMS_MFA"])],
    [
      "the same beside others",
      { UserMFASettingList: ["EMAIL_OTP"], MFAOptions: legacySms },
      factors(["EMAIL_OTP", "SMS_MFA"]),
    ],
    ["SMS once that both show", { UserMFASettingList: ["SMS_MFA"], MFAOptions: legacySms }, factors(["SMS_MFA"])],
    ["no factor in options of another medium", { MFAOptions: [{ DeliveryMedium: "EMAIL" }, {}] }, factors([])],
  ])("reads %s", (_, answer, read) => {
    expect(readFactors(answer)).toEqual(read);
  });
});

describe("isProtected", () => {
  it.each([
    [[], false, false],
    [[], true, false],
    [["EMAIL_OTP"], true, true],
    [["SMS_MFA"], true, true],
    [["SOFTWARE_TOKEN_MFA"], false, true],
    [["SOFTWARE_TOKEN_MFA"], true, false],
    [["SOFTWARE_TOKEN_MFA", "SMS_MFA"], true, true],
    [["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], true, true],
  ])("of %j, known %s: %s", (active, known, expected) => {
    expect(isProtected(factors(active), known)).toBe(expected);
  });
});

it("only EMAIL_OTP is Email MFA", () => {
  expect(emailMfaIsOn(factors(["SOFTWARE_TOKEN_MFA"]))).toBe(false);
  expect(emailMfaIsOn(factors(["SMS_MFA", "EMAIL_OTP"]))).toBe(true);
});

describe("prefersEmail", () => {
  it.each([
    ["a lone factor", factors(["EMAIL_OTP"], "EMAIL_OTP"), factors([]), true],
    ["a lone factor that was not preferred", factors(["EMAIL_OTP"]), factors([]), true],
    ["a user who had nothing", factors([]), factors([]), true],
    [
      "email preferred beside TOTP",
      factors(["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"], "EMAIL_OTP"),
      factors(["SOFTWARE_TOKEN_MFA"]),
      true,
    ],
    [
      "TOTP preferred",
      factors(["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA"),
      factors(["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA"),
      false,
    ],
    [
      "none preferred beside TOTP",
      factors(["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]),
      factors(["SOFTWARE_TOKEN_MFA"]),
      false,
    ],
    [
      "TOTP that came to be preferred meanwhile",
      factors(["EMAIL_OTP"], "EMAIL_OTP"),
      factors(["SOFTWARE_TOKEN_MFA"], "SOFTWARE_TOKEN_MFA"),
      false,
    ],
  ])("restores %s", (_, before, now, preferred) => {
    expect(prefersEmail(before, now)).toBe(preferred);
  });

  // Answers of AdminGetUser whose list is incomplete.
  it.each([
    ["SMS of the hosted UI, where Email MFA never was", factors([]), { MFAOptions: legacySms }, false],
    [
      "SMS of the hosted UI, beside Email MFA that was preferred",
      factors(["EMAIL_OTP"], "EMAIL_OTP"),
      { MFAOptions: legacySms },
      true,
    ],
    ["an empty preference", factors(["EMAIL_OTP"], "EMAIL_OTP"), { PreferredMfaSetting: "" }, true],
    [
      "a pool that requires MFA and lists nothing",
      factors(["EMAIL_OTP"], "EMAIL_OTP"),
      { UserMFASettingList: [] },
      true,
    ],
    [
      "an authenticator app, hollow or not, that is preferred",
      factors(["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"], "EMAIL_OTP"),
      { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"], PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" },
      false,
    ],
    [
      "a known user found with nothing but an app",
      factors(["SOFTWARE_TOKEN_MFA"]),
      { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] },
      false,
    ],
    ["an app that is not shown at all", factors([]), {}, true],
  ])("with %s", (_, before, answer, preferred) => {
    expect(prefersEmail(before, readFactors(answer))).toBe(preferred);
  });
});
