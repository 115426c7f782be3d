import { describe, expect, it } from "@jest/globals";
import { type Packaged, pointsAt } from "../../support/packaged-template.ts";
import type { Variant } from "./variants.ts";

const triggers = ["custom-message", "post-confirmation", "post-authentication"];

export const describePool = (packaged: Packaged, variant: Variant) => {
  describe("has triggers that", () => {
    it.each(triggers)("do not know the pool, which knows them: %s", (name) => {
      expect(JSON.stringify(packaged.lambda(name))).not.toMatch(/USER_POOL_ID|ReferencePool/);
    });
  });
  if (variant.pool === "ReferencePool.Arn") describeReferencePool(packaged);
  else {
    it("makes and changes no pool", () => {
      const types = Object.values(packaged.template.Resources).map(({ Type }) => Type);
      expect(types.filter((type) => /Cognito|Custom/.test(type))).toEqual([]);
    });
  }
};

const describeReferencePool = (packaged: Packaged) =>
  describe("has a pool that", () => {
    const pool = packaged.template.Resources.ReferencePool;
    const properties = pool?.Properties as Record<string, unknown>;

    it("is kept, and protected from deletion", () => {
      expect(pool).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
      expect(properties.DeletionProtection).toBe("ACTIVE");
    });

    it("has optional Email MFA by SES, and a recovery that Cognito accepts with it", () => {
      expect(properties).toMatchObject({
        UserPoolTier: "ESSENTIALS",
        MfaConfiguration: "OPTIONAL",
        EnabledMfas: ["EMAIL_OTP"],
        EmailConfiguration: {
          EmailSendingAccount: "DEVELOPER",
          SourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
          From: "Example <no-reply@example.com>",
        },
        AccountRecoverySetting: {
          RecoveryMechanisms: [
            { Name: "verified_phone_number", Priority: 1 },
            { Name: "verified_email", Priority: 2 },
          ],
        },
      });
      expect(properties.EmailAuthenticationMessage).toContain("{####}");
    });

    it("lets administrators only make users, and invites them in Japanese and English", () => {
      const { AllowAdminCreateUserOnly, InviteMessageTemplate } = properties.AdminCreateUserConfig as {
        AllowAdminCreateUserOnly: boolean;
        InviteMessageTemplate: { EmailMessage: string };
      };
      expect(AllowAdminCreateUserOnly).toBe(true);
      for (const part of ["{username}", "{####}", "https://app.example.com/", "一時パスワード", "Temporary password"]) {
        expect(InviteMessageTemplate.EmailMessage).toContain(part);
      }
    });

    it("calls the three triggers", () => {
      const config = properties.LambdaConfig as Record<string, { "Fn::GetAtt": [string, string] }>;
      expect(Object.entries(config).map(([trigger, arn]) => [trigger, pointsAt(arn)])).toEqual([
        ["CustomMessage", "CustomDashmessageLambdaFunction.Arn"],
        ["PostConfirmation", "PostDashconfirmationLambdaFunction.Arn"],
        ["PostAuthentication", "PostDashauthenticationLambdaFunction.Arn"],
      ]);
    });

    it("signs in by managed login with the load balancer, and does not reveal who has an account", () => {
      expect(packaged.one("AWS::Cognito::UserPoolDomain", "LoginDomain")).toMatchObject({
        Domain: "example-login",
        ManagedLoginVersion: 2,
      });
      expect(packaged.one("AWS::Cognito::ManagedLoginBranding", "LoginBranding")).toMatchObject({
        ClientId: { Ref: "AppClient" },
        UseCognitoProvidedValues: true,
      });
      expect(packaged.one("AWS::Cognito::UserPoolClient", "AppClient")).toMatchObject({
        GenerateSecret: true,
        CallbackURLs: ["https://app.example.com/oauth2/idpresponse"],
        PreventUserExistenceErrors: "ENABLED",
      });
    });

    it("issues no token that lets users change their own MFA", () => {
      const client = packaged.one<{ AllowedOAuthScopes: string[]; ExplicitAuthFlows: string[] }>(
        "AWS::Cognito::UserPoolClient",
        "AppClient",
      );
      expect(client.AllowedOAuthScopes).toEqual(["openid"]);
      expect(client.ExplicitAuthFlows).toEqual(["ALLOW_REFRESH_TOKEN_AUTH"]);
    });
  });
