import { AwsError } from "../service.ts";
import type { TimerClock } from "./cognito-context.ts";

/**
 * Requests per second, for all pools of an account and Region:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html.
 */
const REQUESTS_PER_SECOND = {
  UserAuthentication: 120,
  UserCreation: 50,
  UserAccountRecovery: 30,
  UserRead: 120,
  UserList: 30,
  UserUpdate: 25,
  UserResourceRead: 50,
  UserResourceUpdate: 25,
  UserPoolRead: 15,
  UserPoolUpdate: 15,
  UserPoolResourceRead: 20,
  UserPoolResourceUpdate: 15,
  UserPoolClientRead: 15,
  UserPoolClientUpdate: 15,
};
type Category = keyof typeof REQUESTS_PER_SECOND;

const OPERATIONS: Record<Category, string[]> = {
  UserAuthentication: ["InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge"],
  UserCreation: ["AdminCreateUser", "SignUp", "ConfirmSignUp", "AdminConfirmSignUp"],
  UserAccountRecovery: [
    "ForgotPassword",
    "ConfirmForgotPassword",
    "AdminResetUserPassword",
    "AdminSetUserPassword",
    "ChangePassword",
  ],
  UserRead: ["AdminGetUser", "GetUser"],
  UserList: ["ListUsers", "ListUsersInGroup"],
  UserUpdate: [
    "AdminUpdateUserAttributes",
    "AdminUserGlobalSignOut",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminDeleteUser",
    "AdminDisableUser",
    "AdminEnableUser",
    "AdminSetUserSettings",
  ],
  UserResourceRead: ["AdminListGroupsForUser", "ResendConfirmationCode"],
  UserResourceUpdate: [
    "AdminSetUserMFAPreference",
    "SetUserMFAPreference",
    "AssociateSoftwareToken",
    "VerifySoftwareToken",
  ],
  UserPoolRead: ["DescribeUserPool", "ListUserPools"],
  UserPoolUpdate: ["CreateUserPool", "UpdateUserPool", "DeleteUserPool"],
  UserPoolResourceRead: ["GetUserPoolMfaConfig", "GetGroup", "ListGroups"],
  UserPoolResourceUpdate: ["SetUserPoolMfaConfig", "CreateGroup", "DeleteGroup"],
  UserPoolClientRead: ["DescribeUserPoolClient", "ListUserPoolClients"],
  UserPoolClientUpdate: ["CreateUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient"],
};

const categoryOf = new Map(
  Object.entries(OPERATIONS).flatMap(([category, names]) => names.map((name) => [name, category as Category])),
);

export const tooManyRequests = { code: "TooManyRequestsException", message: "Too many requests", status: 400 };

/** Returns a function that throws TooManyRequestsException when a call exceeds the rate of its category. */
export const createQuota = (clock: Pick<TimerClock, "now">): ((operation: string) => void) => {
  const buckets = new Map<Category, { tokens: number; filledAt: number }>();
  return (operation) => {
    const category = categoryOf.get(operation);
    if (category === undefined) return;
    const rate = REQUESTS_PER_SECOND[category];
    const now = clock.now().getTime();
    const bucket = buckets.get(category) ?? { tokens: rate, filledAt: now };
    const tokens = Math.min(rate, bucket.tokens + ((now - bucket.filledAt) * rate) / 1000);
    buckets.set(category, { tokens: tokens < 1 ? tokens : tokens - 1, filledAt: now });
    if (tokens < 1) throw new AwsError(tooManyRequests.code, tooManyRequests.message, tooManyRequests.status);
  };
};
