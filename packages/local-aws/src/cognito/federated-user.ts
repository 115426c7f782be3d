import type { Pool } from "./pool.ts";
import { type Random, randomUuid } from "./randomness.ts";
import { createUser, fold } from "./user.ts";

/** Adds the user that Cognito creates at the first sign-in through an external provider. */
export const addFederatedUser = (
  pool: Pool,
  given: { provider: string; userId: string; email: string },
  { random, at }: { random: Random; at: Date },
): { username: string; sub: string } => {
  const { provider, userId, email } = given;
  const identities = [
    { providerName: provider, userId, providerType: "OIDC", primary: "true", dateCreated: at.getTime() },
  ];
  const user = createUser({
    username: `${provider}_${userId}`,
    sub: randomUuid(random),
    createdBy: "identity-provider",
    status: "EXTERNAL_PROVIDER",
    at,
    attributes: [
      ["email", email],
      ["email_verified", "false"],
      ["identities", JSON.stringify(identities)],
    ],
  });
  pool.users.set(fold(pool, user.username), user);
  return { username: user.username, sub: user.sub };
};
