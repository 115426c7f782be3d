import { describe, expect, it } from "@jest/globals";
import { emailMfaIsOn, isProtected, prefersEmail } from "../../shared/factors.ts";

const factors = (active: string[], preferred?: string) => ({ active, preferred });

describe("factors", () => {
  it("protect with any active factor, and only EMAIL_OTP is Email MFA", () => {
    expect(isProtected(factors([]))).toBe(false);
    expect(isProtected(factors(["SOFTWARE_TOKEN_MFA"]))).toBe(true);
    expect(emailMfaIsOn(factors(["SOFTWARE_TOKEN_MFA"]))).toBe(false);
    expect(emailMfaIsOn(factors(["SMS_MFA", "EMAIL_OTP"]))).toBe(true);
  });
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
});
