import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  SetUserPoolMfaConfigCommand,
} from "@aws-sdk/client-cognito-identity-provider";

/**
 * Creates the user pool of the article: optional Email MFA, mail through SES, no self sign-up, a Japanese invitation.
 * Returns the ids of the pool and of its app client.
 */
export const createReferencePool = async (
  cognito: CognitoIdentityProviderClient,
  triggers: { customMessage: string; postConfirmation: string; postAuthentication: string },
): Promise<{ userPoolId: string; clientId: string }> => {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: "cognito-mfa-test01",
      UserPoolTier: "ESSENTIALS",
      UsernameAttributes: ["email"],
      AutoVerifiedAttributes: ["email"],
      EmailConfiguration: {
        EmailSendingAccount: "DEVELOPER",
        SourceArn: "arn:aws:ses:us-east-1:000000000000:identity/example.com",
        From: "Cognito MFA test <no-reply@example.com>",
      },
      // A pool cannot have both Email MFA and recovery by email only:
      // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html
      AccountRecoverySetting: {
        RecoveryMechanisms: [
          { Name: "verified_phone_number", Priority: 1 },
          { Name: "verified_email", Priority: 2 },
        ],
      },
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: true,
        InviteMessageTemplate: {
          EmailSubject: "ユーザー登録のご案内",
          EmailMessage:
            "{username} に一時パスワードを送付します。<br>一時パスワード : {####}<br>以下のサイトにアクセスしてください<br>https://cognito-mfa-test01.example.com/",
        },
      },
      LambdaConfig: {
        CustomMessage: triggers.customMessage,
        PostConfirmation: triggers.postConfirmation,
        PostAuthentication: triggers.postAuthentication,
      },
    }),
  );
  const UserPoolId = UserPool?.Id;
  await cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: "OPTIONAL",
      EmailMfaConfiguration: { Subject: "サインインの確認コード", Message: "確認コードは {####} です。" },
    }),
  );
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: "alb",
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      CallbackURLs: ["https://cognito-mfa-test01.example.com/oauth2/idpresponse"],
    }),
  );
  if (UserPoolId === undefined || UserPoolClient?.ClientId === undefined) throw new Error("The pool was not created.");
  return { userPoolId: UserPoolId, clientId: UserPoolClient.ClientId };
};
