import type { GetUserPoolMfaConfigResponse, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { GetGroupCommand, ResourceNotFoundException } from "@aws-sdk/client-cognito-identity-provider";
import { readWholePool } from "../pool/whole-pool.ts";
import { type Check, fail, type Finding, ok, warn } from "./finding.ts";

/** Whether the pool is one whose users can have Email MFA, and can be exempted from it. */
export const checkPool: Check = async ({ cognito, outputs }) => {
  const { pool, mfa } = await readWholePool(cognito, outputs.UserPoolId);
  return [plan(pool), mfaIsOptional(mfa), emailMfa(mfa), sender(pool), recovery(pool)];
};

const plan = ({ UserPoolTier }: UserPoolType): Finding =>
  UserPoolTier === "LITE"
    ? fail("plan", "The pool's plan is Lite, which has no Email MFA.", "Change the pool's plan to Essentials or Plus.")
    : ok("plan", `The pool's plan is ${UserPoolTier ?? "Essentials"}, which has Email MFA.`);

type Mfa = Omit<GetUserPoolMfaConfigResponse, "$metadata">;

const mfaIsOptional = ({ MfaConfiguration }: Mfa): Finding => {
  switch (MfaConfiguration) {
    case "OPTIONAL":
      return ok("mfa", "MFA is optional, so a user can be exempted from it.");
    case "ON":
      return fail(
        "mfa",
        "The pool requires MFA, so nobody can be exempted: Cognito answers 200 and changes nothing.",
        "Set MFA to optional (SetUserPoolMfaConfig), or reset passwords with a temporary one: AdminSetUserPassword.",
      );
    case "OFF":
    case undefined:
      return fail("mfa", "MFA is off in the pool, so no user is asked for a code.", "Set MFA to optional, with email.");
  }
};

const emailMfa = ({ EmailMfaConfiguration }: Mfa): Finding =>
  EmailMfaConfiguration === undefined
    ? fail("email-mfa", "The pool does not offer Email MFA.", "Switch on email among the pool's MFA methods.")
    : ok("email-mfa", "The pool offers Email MFA.");

const sender = ({ EmailConfiguration, EmailConfigurationFailure }: UserPoolType): Finding => {
  if (EmailConfiguration?.EmailSendingAccount !== "DEVELOPER") {
    const next = "Verify an identity in Amazon SES, and make it the pool's sender.";
    return fail("sender", "Cognito itself sends the pool's mail, and sends no MFA codes that way.", next);
  }
  return EmailConfigurationFailure === undefined
    ? ok("sender", `Amazon SES sends the pool's mail, as ${EmailConfiguration.From ?? EmailConfiguration.SourceArn}.`)
    : fail("sender", `Cognito cannot send mail: ${EmailConfigurationFailure}`, "Mend the SES identity that it names.");
};

const recovery = ({ AccountRecoverySetting }: UserPoolType): Finding => {
  const ways = (AccountRecoverySetting?.RecoveryMechanisms ?? []).map(({ Name }) => Name);
  if (ways.includes("admin_only")) {
    return warn(
      "recovery",
      "Users cannot reset a password by themselves, so only sign-ins and operators open windows.",
      "If they should: set account recovery to phone first, email second.",
    );
  }
  if (ways.length === 1 && ways[0] === "verified_email") {
    const next = "Set account recovery to phone first, email second: users without a phone number still use email.";
    return fail("recovery", "Account recovery is by email only, which Cognito does not allow beside Email MFA.", next);
  }
  if (ways.length > 0 && !ways.includes("verified_email")) {
    const next = "If users have no phone numbers: set account recovery to phone first, email second.";
    return warn("recovery", "Passwords are reset by phone only, for which no exemption is needed.", next);
  }
  return ok("recovery", "Account recovery allows email beside another way.");
};

/** The group of the scope, where the scope is a group. */
export const checkScope: Check = async ({ cognito, outputs, policy: { scope, mode } }) => {
  const found: Finding[] =
    mode === "observe"
      ? [
          warn(
            "mode",
            "The service only observes: it changes no user.",
            "When you trust it: deploy with mode: enforce.",
          ),
        ]
      : [];
  if (scope.kind !== "group") return found;
  try {
    await cognito.send(new GetGroupCommand({ UserPoolId: outputs.UserPoolId, GroupName: scope.group }));
    return [...found, ok("scope", `The group ${scope.group} of the scope exists.`)];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const next = "Create the group, or deploy with another scope.";
    return [
      ...found,
      fail("scope", `The scope is the group ${scope.group}, which does not exist: nobody is covered.`, next),
    ];
  }
};
