import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import { recoveryWays, type RecoveryWay } from "../../shared/users/password-reset.ts";
import { Failure } from "../failure.ts";

/**
 * Gives the pool's ways of account recovery. Throws a Failure, with the way out, where Email MFA of a single user of the pool cannot be switched off and on.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
 */
export const requireFitPool = async (
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<RecoveryWay[]> => {
  const mfa = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId })).catch((cause: unknown) => {
    if (!(cause instanceof ResourceNotFoundException)) throw cause;
    throw new Failure(
      "pool-unknown",
      `The user pool ${UserPoolId}, which the stack looks after, does not exist in this account and Region.`,
      "Look its id up (aws cognito-idp list-user-pools --max-results 60), set userPoolId in config/<stage>.yml, and deploy again.",
      { cause },
    );
  });
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  if (mfa.EmailMfaConfiguration === undefined && UserPool?.UserPoolTier === "LITE") {
    throw new Failure(
      "pool-plan",
      `The user pool ${UserPoolId} is on the Lite plan, which has no Email MFA.`,
      "Change its plan to Essentials or Plus (Cognito console: Settings, Feature plan).",
    );
  }
  const optional = "Set MFA enforcement to Optional (Cognito console: Sign-in, Multi-factor authentication).";
  if (mfa.MfaConfiguration === "ON") {
    throw new Failure(
      "pool-mfa-required",
      `The user pool ${UserPoolId} requires MFA: Cognito then lets nobody switch a user's MFA off, and answers as if it had.`,
      `${optional} Or leave it, and let the user in with a temporary password (aws cognito-idp admin-set-user-password).`,
    );
  }
  if (mfa.MfaConfiguration !== "OPTIONAL") {
    throw new Failure(
      "pool-mfa-off",
      `MFA is off in the user pool ${UserPoolId}: there is nothing to be exempted from.`,
      `${optional} Then switch email messages on as a method.`,
    );
  }
  if (mfa.EmailMfaConfiguration === undefined) {
    throw new Failure(
      "pool-email-mfa-off",
      `The user pool ${UserPoolId} does not offer Email MFA.`,
      "Switch email messages on as an MFA method (Cognito console: Sign-in, Multi-factor authentication); it needs an SES sender.",
    );
  }
  return recoveryWays(UserPool?.AccountRecoverySetting);
};
