import { describe, expect, it } from "@jest/globals";
import { noHelpTo, type RecoveryWay, recoveryWays } from "../../shared/users/password-reset.ts";

const phoneFirst: RecoveryWay[] = ["verified_phone_number", "verified_email"];
const emailFirst: RecoveryWay[] = ["verified_email", "verified_phone_number"];

const email = { email: true, phoneNumber: false };
const phone = { email: false, phoneNumber: true };
const both = { email: true, phoneNumber: true };
const none = { email: false, phoneNumber: false };

const user = { enabled: true, status: "CONFIRMED", verified: email, factors: { active: ["EMAIL_OTP"] } };
const off = { active: [] };
const withSms = { active: ["EMAIL_OTP", "SMS_MFA"] };

describe("noHelpTo", () => {
  it.each([
    ["a confirmed user with a verified address", {}, phoneFirst, undefined],
    ["the same, where an administrator has asked for a reset", { status: "RESET_REQUIRED" }, phoneFirst, undefined],
    ["a disabled user", { enabled: false }, phoneFirst, "user-disabled"],
    ["a user with a temporary password", { status: "FORCE_CHANGE_PASSWORD" }, phoneFirst, "password-not-chosen"],
    ["a user who has signed up only", { status: "UNCONFIRMED" }, phoneFirst, "user-unconfirmed"],
    ["an unverified address", { verified: none }, phoneFirst, "email-unverified"],
    ["the same, where the email is preferred", { verified: none }, emailFirst, "email-unverified"],
    [
      "an unverified address beside a number that is the factor",
      { verified: phone, factors: withSms },
      phoneFirst,
      "email-unverified",
    ],
    ["a verified number, preferred", { verified: both }, phoneFirst, "not-needed"],
    ["a verified number alone", { verified: phone }, emailFirst, "not-needed"],
    ["a verified number, and a pool that prefers email", { verified: both }, emailFirst, undefined],
    ["a verified number that is the second factor", { verified: both, factors: withSms }, phoneFirst, undefined],
    ["a verified number, with Email MFA off", { verified: both, factors: off }, phoneFirst, undefined],
    ["a pool where administrators reset", {}, ["admin_only"], "recovery-by-administrator"],
    ["a pool that recovers by phone", {}, ["verified_phone_number"], "recovery-without-email"],
    ["the same, and a verified number", { verified: both }, ["verified_phone_number"], "not-needed"],
    [
      "the same, and the number is the factor",
      { verified: both, factors: withSms },
      ["verified_phone_number"],
      "recovery-without-email",
    ],
    ["a pool that recovers by email", {}, ["verified_email"], undefined],
  ] satisfies [string, Partial<typeof user>, RecoveryWay[], string | undefined][])("%s", (_, more, ways, because) => {
    expect(noHelpTo({ ...user, ...more }, ways)).toBe(because);
  });
});

describe("recoveryWays", () => {
  it("go by priority, not by the order in which they are listed", () => {
    expect(
      recoveryWays({
        RecoveryMechanisms: [
          { Name: "verified_email", Priority: 2 },
          { Name: "verified_phone_number", Priority: 1 },
        ],
      }),
    ).toEqual(phoneFirst);
  });

  it.each([[undefined], [{}], [{ RecoveryMechanisms: [] }]])(
    "of a pool with %j are the phone, then email",
    (setting) => {
      expect(recoveryWays(setting)).toEqual(phoneFirst);
    },
  );
});
