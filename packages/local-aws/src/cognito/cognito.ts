import type { FunctionInvoker } from "../function-invoker.ts";
import type { Mailbox } from "../mailbox.ts";
import { jsonService, type Service } from "../service.ts";
import { accessOperations } from "./access.ts";
import { adminCreateUserOperations } from "./admin-create-user.ts";
import { adminUserOperations } from "./admin-user-operations.ts";
import { appClientOperations } from "./app-client.ts";
import { authChallengeOperations } from "./auth-challenge.ts";
import { type Behaviour, defaultBehaviour } from "./behaviour.ts";
import type { CognitoContext, TimerClock } from "./cognito-context.ts";
import { addFederatedUser } from "./federated-user.ts";
import { groupOperations } from "./group.ts";
import { initiateAuthOperations } from "./initiate-auth.ts";
import { listUsersOperations } from "./list-users.ts";
import { mfaPreferenceOperations } from "./mfa-preference.ts";
import { type Factor, poolMfaOperations } from "./pool-mfa.ts";
import { poolOperations } from "./pool-operations.ts";
import { requirePool } from "./pool.ts";
import { createQuota, tooManyRequests } from "./quota.ts";
import { cryptoRandom, type Random } from "./randomness.ts";
import { recoveryOperations } from "./recovery.ts";
import { SignInSessions } from "./sign-in-sessions.ts";
import { usableFactors } from "./sign-in.ts";
import { signUpOperations } from "./sign-up.ts";
import { softwareTokenOperations } from "./software-token.ts";
import { createFireTrigger } from "./triggers.ts";
import type { User } from "./user.ts";

export interface CognitoOptions {
  region: string;
  accountId: string;
  clock: TimerClock;
  mailbox: Mailbox;
  /** Invokes the triggers in a pool's LambdaConfig. */
  functions: FunctionInvoker;
  /**
   * The source of codes, passwords and ids. With a seed, a run repeats exactly, except for the signatures of tokens.
   */
  random?: Random;
  /** Not copied: a change takes effect with the next call. */
  behaviour?: Behaviour;
  /**
   * Whether calls over the request quotas are refused. While the clock stands still, a second's quota covers all calls.
   */
  quotas?: boolean;
}

export interface CognitoService extends Service {
  /**
   * Adds a user of an external identity provider, with status EXTERNAL_PROVIDER. AWS has no API for this: Cognito
   * creates such users when they sign in with Managed Login, which the local stack does not have.
   */
  seedFederatedUser(
    userPoolId: string,
    user: { provider: string; userId: string; email: string },
  ): { username: string; sub: string };
  /** Returns the users of a pool as they are now. This is not an API call. */
  users(userPoolId: string): Iterable<User>;
  /** Returns the second factors that a sign-in of this user could ask for now, regardless of AdminGetUser's list. */
  askedAtSignIn(userPoolId: string, user: User): Factor[];
}

/**
 * Creates Amazon Cognito user pools, in memory. Unknown operations and members are refused with
 * UnsupportedByLocalStack. Documented limits and patterns are enforced.
 */
export const createCognito = (options: CognitoOptions): CognitoService => {
  const { region, accountId, clock, mailbox, functions } = options;
  const random = options.random ?? cryptoRandom;
  const surroundings: CognitoContext = {
    region,
    accountId,
    clock,
    random,
    mailbox,
    behaviour: options.behaviour ?? defaultBehaviour(),
    fire: createFireTrigger({ region, clock, functions }),
    pools: new Map(),
    sessions: new SignInSessions(clock, random),
  };
  const service = jsonService({
    name: "cognito-idp",
    targetPrefix: "AWSCognitoIdentityProviderService",
    contentType: "application/x-amz-json-1.1",
    throttling: tooManyRequests,
    operations: {
      ...poolOperations(surroundings),
      ...poolMfaOperations(surroundings),
      ...appClientOperations(surroundings),
      ...groupOperations(surroundings),
      ...adminCreateUserOperations(surroundings),
      ...adminUserOperations(surroundings),
      ...listUsersOperations(surroundings),
      ...mfaPreferenceOperations(surroundings),
      ...initiateAuthOperations(surroundings),
      ...authChallengeOperations(surroundings),
      ...accessOperations(surroundings),
      ...softwareTokenOperations(surroundings),
      ...recoveryOperations(surroundings),
      ...signUpOperations(surroundings),
    },
  });
  const admit = options.quotas === false ? () => undefined : createQuota(clock);
  return {
    ...service,
    async perform(call, request) {
      admit(call.operation);
      return service.perform(call, request);
    },
    seedFederatedUser: (userPoolId, user) =>
      addFederatedUser(requirePool(surroundings.pools, userPoolId), user, { random, at: clock.now() }),
    users: (userPoolId) => requirePool(surroundings.pools, userPoolId).users.values(),
    askedAtSignIn: (userPoolId, user) => usableFactors(requirePool(surroundings.pools, userPoolId), user),
  };
};
