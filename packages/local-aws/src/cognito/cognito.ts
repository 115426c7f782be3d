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
  /** Runs the triggers that pools name in their LambdaConfig. */
  functions: FunctionInvoker;
  /** The source of codes, passwords and ids: a seeded one makes a run repeatable, all but the signatures of tokens. */
  random?: Random;
  /** Kept, not copied: change it and the next call goes by it. */
  behaviour?: Behaviour;
  /** Whether calls that come too fast are refused. The clock may stand still: then a quota is for all calls at once. */
  quotas?: boolean;
}

export interface CognitoService extends Service {
  /**
   * Adds a user of an external identity provider, status EXTERNAL_PROVIDER. AWS has no API for it: such users come
   * into being when they sign in by Managed Login, which the local stack does not serve.
   */
  seedFederatedUser(
    userPoolId: string,
    user: { provider: string; userId: string; email: string },
  ): { username: string; sub: string };
  /** The users of a pool as they are now, to be looked at without a call. */
  users(userPoolId: string): Iterable<User>;
  /** The second factors of which a sign-in of this user would ask for one now, whatever AdminGetUser lists. */
  askedAtSignIn(userPoolId: string, user: User): Factor[];
}

/**
 * Amazon Cognito user pools, in memory. Unknown operations and members are refused with UnsupportedByLocalStack, and
 * the documented limits and patterns hold.
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
