import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserMFAPreferenceCommand,
  type CognitoIdentityProviderClient,
  GetUserPoolMfaConfigCommand,
  InvalidParameterException,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import { minute } from "../config/duration.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Factors, readFactors } from "./factors.ts";
import type { PoolMfa } from "./pool-mfa.ts";
import type { UserKey } from "./user-key.ts";

/** A user in Cognito now. */
export interface DirectoryUser extends UserKey {
  username: string;
  factors: Factors;
  /** Signs in through another identity provider, which is in charge of MFA. */
  federated: boolean;
  hasEmail: boolean;
  /** AdminGetUser's UserStatus: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html */
  status: string;
  /** Whether the user may sign in at all. */
  enabled: boolean;
  /** Where Cognito sends codes for a password reset. */
  verified: { email: boolean; phoneNumber: boolean };
}

/** Cognito refuses the username itself, so no user can have it. */
export class UsernameRefusedError extends Error {
  override name = "UsernameRefused";
}

/** The users of one pool. All errors of the SDK pass through, except for the user who does not exist. */
export interface UserDirectory {
  /**
   * Returns the user, or `gone` if there is none. Takes the username, never an alias: an alias can move to another
   * user. Throws a UsernameRefusedError for a name that Cognito refuses.
   */
  read(username: string): Promise<DirectoryUser | "gone">;
  /**
   * Sends only the Email MFA settings. A 200 from Cognito does not prove that they changed. After several `attempts`,
   * one without an answer may still take effect.
   */
  setEmailMfa(
    username: string,
    settings: { enabled: boolean; preferred: boolean },
  ): Promise<{ attempts: number } | "gone">;
  isInGroup(username: string, group: string): Promise<boolean>;
  /**
   * Returns whether the pool asks for second factors, as it was within the last minute: AWS allows five such calls a
   * second.
   */
  poolMfa(): Promise<PoolMfa>;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserMFAPreference.html */
export const cognitoUserDirectory = (
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  clock: Pick<Clock, "now">,
): UserDirectory => ({
  read: (Username) =>
    unlessGone(async () => {
      const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username })).catch(refusedUsername);
      const attributes = new Map(user.UserAttributes?.map(({ Name, Value }) => [Name, Value ?? ""]));
      return {
        userPoolId: UserPoolId,
        sub: attributes.get("sub") ?? "",
        username: user.Username ?? Username,
        factors: readFactors(user),
        federated: user.UserStatus === "EXTERNAL_PROVIDER" || attributes.has("identities"),
        hasEmail: (attributes.get("email") ?? "") !== "",
        status: user.UserStatus ?? "UNKNOWN",
        enabled: user.Enabled ?? true,
        verified: {
          email: isVerified(attributes, "email"),
          phoneNumber: isVerified(attributes, "phone_number"),
        },
      };
    }),

  setEmailMfa: (Username, { enabled, preferred }) =>
    unlessGone(async () => {
      const EmailMfaSettings = { Enabled: enabled, PreferredMfa: preferred };
      const { $metadata } = await cognito.send(
        new AdminSetUserMFAPreferenceCommand({ UserPoolId, Username, EmailMfaSettings }),
      );
      return { attempts: $metadata.attempts ?? 1 };
    }),

  async isInGroup(Username, group) {
    let NextToken: string | undefined;
    do {
      const page = await cognito.send(new AdminListGroupsForUserCommand({ UserPoolId, Username, NextToken }));
      if (page.Groups?.some(({ GroupName }) => GroupName === group)) return true;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return false;
  },

  poolMfa: keptForAMinute(clock, async () => {
    const { MfaConfiguration } = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
    // AWS's documentation allows an answer without it, and does not say what that means. It is no proof that MFA is
    // off.
    return MfaConfiguration ?? "OPTIONAL";
  }),
});

const keptForAMinute = <T>(clock: Pick<Clock, "now">, read: () => Promise<T>): (() => Promise<T>) => {
  let kept: { value: T; at: Date } | undefined;
  return async () => {
    const now = clock.now();
    if (kept === undefined || now.getTime() - kept.at.getTime() >= minute) kept = { value: await read(), at: now };
    return kept.value;
  };
};

/**
 * Only the username can be the refused parameter: the pool's id is the stack's own, and the call sends nothing else.
 */
const refusedUsername = (error: unknown): never => {
  if (!(error instanceof InvalidParameterException)) throw error;
  throw new UsernameRefusedError("Cognito takes no such username.", { cause: error });
};

/** A verified address that was removed leaves its attribute behind. */
const isVerified = (attributes: ReadonlyMap<string | undefined, string>, name: "email" | "phone_number"): boolean =>
  (attributes.get(name) ?? "") !== "" && attributes.get(`${name}_verified`)?.toLowerCase() === "true";

const unlessGone = async <T>(call: () => Promise<T>): Promise<T | "gone"> => {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UserNotFoundException) return "gone";
    throw error;
  }
};
