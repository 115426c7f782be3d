import type { GetUserPoolMfaConfigResponse, UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { GetGroupCommand, ResourceNotFoundException } from "@aws-sdk/client-cognito-identity-provider";
import { readWholePool } from "../pool/whole-pool.ts";
import { type Check, fail, type Finding, ok, warn } from "./finding.ts";

/** Checks that the pool's users can have Email MFA and can be exempted from it. */
export const checkPool: Check = async ({ cognito, outputs }) => {
  const { pool, mfa } = await readWholePool(cognito, outputs.UserPoolId);
  return [plan(pool), mfaIsOptional(mfa), emailMfa(mfa), sender(pool), recovery(pool)];
};

const plan = ({ UserPoolTier }: UserPoolType): Finding =>
  UserPoolTier === "LITE"
    ? fail("plan", "The pool is on the Lite plan, which has no Email MFA.", "Change the plan to Essentials or Plus.")
    : ok("plan", `The pool is on the ${UserPoolTier ?? "Essentials"} plan, which has Email MFA.`);

type Mfa = Omit<GetUserPoolMfaConfigResponse, "$metadata">;

const mfaIsOptional = ({ MfaConfiguration }: Mfa): Finding => {
  switch (MfaConfiguration) {
    case "OPTIONAL":
      return ok("mfa", "MFA is optional, so a user can be exempted from it.");
    case "ON":
      return fail(
        "mfa",
        "The pool requires MFA, so no user can be exempted: Cognito answers 200 and changes nothing.",
        "Set MFA to optional (SetUserPoolMfaConfig), or use temporary passwords instead (AdminSetUserPassword).",
      );
    case "OFF":
    case undefined:
      return fail(
        "mfa",
        "MFA is off in the pool, so Cognito asks no user for a code.",
        "Set MFA to optional, with email.",
      );
  }
};

const emailMfa = ({ EmailMfaConfiguration }: Mfa): Finding =>
  EmailMfaConfiguration === undefined
    ? fail("email-mfa", "The pool does not offer Email MFA.", "Enable email as one of the pool's MFA methods.")
    : ok("email-mfa", "The pool offers Email MFA.");

const sender = ({ EmailConfiguration, EmailConfigurationFailure }: UserPoolType): Finding => {
  if (EmailConfiguration?.EmailSendingAccount !== "DEVELOPER") {
    const next = "Verify an identity in Amazon SES and make it the pool's sender.";
    return fail("sender", "The pool uses Cognito's own mail, which does not send MFA codes.", next);
  }
  return EmailConfigurationFailure === undefined
    ? ok("sender", `Amazon SES sends the pool's mail, as ${EmailConfiguration.From ?? EmailConfiguration.SourceArn}.`)
    : fail("sender", `Cognito cannot send mail: ${EmailConfigurationFailure}`, "Fix the SES identity in the message.");
};

const recovery = ({ AccountRecoverySetting }: UserPoolType): Finding => {
  const ways = (AccountRecoverySetting?.RecoveryMechanisms ?? []).map(({ Name }) => Name);
  if (ways.includes("admin_only")) {
    return warn(
      "recovery",
      "Users cannot reset their own passwords, so only sign-ins and operators open windows.",
      "To let users reset their passwords, set account recovery to phone first, email second.",
    );
  }
  if (ways.length === 1 && ways[0] === "verified_email") {
    const next = "Set account recovery to phone first, email second: users without a phone number still use email.";
    return fail("recovery", "Account recovery is by email only, which Cognito does not allow with Email MFA.", next);
  }
  if (ways.length > 0 && !ways.includes("verified_email")) {
    const next = "If users have no phone numbers, set account recovery to phone first, email second.";
    return warn("recovery", "Users reset their passwords by phone only, which needs no exemption.", next);
  }
  return ok("recovery", "Account recovery allows email and another way.");
};

/** Checks the mode, and that a group used as the scope exists. */
export const checkScope: Check = async ({ cognito, outputs, policy: { scope, mode } }) => {
  const found: Finding[] =
    mode === "observe"
      ? [
          warn(
            "mode",
            "The service only observes. It changes no user.",
            "When you trust it, deploy with mode: enforce.",
          ),
        ]
      : [];
  if (scope.kind !== "group") return found;
  try {
    await cognito.send(new GetGroupCommand({ UserPoolId: outputs.UserPoolId, GroupName: scope.group }));
    return [...found, ok("scope", `The scope's group ${scope.group} exists.`)];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const next = "Create the group, or deploy with another scope.";
    return [
      ...found,
      fail("scope", `The scope is the group ${scope.group}, which does not exist. It covers no user.`, next),
    ];
  }
};
