import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import { recoveryWays, type RecoveryWay } from "../../shared/users/password-reset.ts";
import { Failure } from "../exit/failure.ts";

/**
 * Returns the pool's ways of account recovery. Throws a Failure with a solution when the pool does not allow Email MFA to be
 * switched for a single user.
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
      `The stack's user pool ${UserPoolId} does not exist in this account and Region.`,
      "Look up its id (aws cognito-idp list-user-pools --max-results 60), set userPoolId in config/<stage>.yml and deploy again.",
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
      `The user pool ${UserPoolId} requires MFA. Cognito then does not switch off a user's MFA, although it answers as if it did.`,
      `${optional} Or keep it and give the user a temporary password (aws cognito-idp admin-set-user-password).`,
    );
  }
  if (mfa.MfaConfiguration !== "OPTIONAL") {
    throw new Failure(
      "pool-mfa-off",
      `MFA is off in the user pool ${UserPoolId}, so there is nothing to exempt a user from.`,
      `${optional} Then enable email messages as a method.`,
    );
  }
  if (mfa.EmailMfaConfiguration === undefined) {
    throw new Failure(
      "pool-email-mfa-off",
      `The user pool ${UserPoolId} does not offer Email MFA.`,
      "Enable email messages as an MFA method (Cognito console: Sign-in, Multi-factor authentication). This needs an SES sender.",
    );
  }
  return recoveryWays(UserPool?.AccountRecoverySetting);
};
