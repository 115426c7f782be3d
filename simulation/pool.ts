import {
  type CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { PoolMfa } from "../shared/users/pool-mfa.ts";
import { coveredGroup } from "./scenario.ts";

const sms = { SnsCallerArn: "arn:aws:iam::000000000000:role/sms", ExternalId: "simulated" };

/** Sets the pool's MFA. With MFA off the call must offer no factor, or Cognito refuses it. */
export const switchPoolMfa = (
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string | undefined,
  MfaConfiguration: PoolMfa,
) =>
  cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration,
      ...(MfaConfiguration !== "OFF" && {
        EmailMfaConfiguration: {},
        SoftwareTokenMfaConfiguration: { Enabled: true },
        SmsMfaConfiguration: { SmsConfiguration: sms },
      }),
    }),
  );

/**
 * Creates a pool like the article's, plus what the simulation needs: usernames that can be reused after a deletion, the
 * other factors, and a group.
 */
export const createSimulatedPool = async (
  cognito: CognitoIdentityProviderClient,
  triggers: { customMessage: string; postConfirmation: string; postAuthentication: string },
): Promise<{ userPoolId: string; clientId: string }> => {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: "simulated",
      UserPoolTier: "ESSENTIALS",
      AutoVerifiedAttributes: ["email"],
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com",
      },
      SmsConfiguration: sms,
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: "verified_phone_number", Priority: 1 },
          { Name: "verified_email", Priority: 2 },
        ],
      },
      LambdaConfig: {
        CustomMessage: triggers.customMessage,
        PostConfirmation: triggers.postConfirmation,
        PostAuthentication: triggers.postAuthentication,
      },
    }),
  );
  const UserPoolId = UserPool?.Id;
  await switchPoolMfa(cognito, UserPoolId, "OPTIONAL");
  await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: coveredGroup }));
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({ UserPoolId, ClientName: "app", ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] }),
  );
  if (UserPoolId === undefined || UserPoolClient?.ClientId === undefined) throw new Error("The pool was not created.");
  return { userPoolId: UserPoolId, clientId: UserPoolClient.ClientId };
};
