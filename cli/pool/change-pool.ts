import {
  type CognitoIdentityProviderClient,
  ConcurrentModificationException,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Clock } from "../../shared/runtime/clock.ts";
import { differences } from "./member-values.ts";
import { type PoolSettings, poolSettings } from "./pool-settings.ts";
import { readWholePool, type WholePool } from "./whole-pool.ts";

/** The verified outcome of a pool change. The paths name the settings concerned. */
export type PoolChanged =
  | { kind: "changed" }
  /** These settings changed after mfactl read the pool, so it wrote nothing. */
  | { kind: "changed-meanwhile"; paths: string[] }
  /** Other settings changed too, so mfactl restored the pool. `left`: the settings that it could not restore. */
  | { kind: "restored"; paths: string[]; left: string[] };

const everything = ({ pool, mfa }: WholePool) => ({ ...poolSettings(pool), SetUserPoolMfaConfig: mfa });

const tries = 5;
const pause = 2_000;

/**
 * Changes some settings of the pool that was read as `before` and keeps all others: writes back everything that was read, reads
 * again, and restores the pool if the result differs from what was intended. Throws Cognito's error when nothing was changed.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
export const changePool = async (
  { cognito, clock }: { cognito: CognitoIdentityProviderClient; clock: Clock },
  before: WholePool,
  change: Partial<PoolSettings>,
): Promise<PoolChanged> => {
  const UserPoolId = before.pool.Id;
  if (UserPoolId === undefined) throw new Error("Cognito answered without the pool's id.");
  const wanted = { ...everything(before), ...change };
  for (let attempt = 1; ; attempt += 1) {
    const meanwhile = differences(everything(before), everything(await readWholePool(cognito, UserPoolId)));
    if (meanwhile.length > 0) return { kind: "changed-meanwhile", paths: meanwhile };
    const failure = await errorOf(
      cognito.send(new UpdateUserPoolCommand({ UserPoolId, ...poolSettings(before.pool), ...change })),
    );
    if (failure instanceof ConcurrentModificationException && attempt < tries) {
      await clock.sleep(pause);
      continue;
    }
    const after = everything(await readWholePool(cognito, UserPoolId));
    const paths = differences(wanted, after);
    if (paths.length === 0) return { kind: "changed" };
    if (failure !== undefined && differences(everything(before), after).length === 0) throw failure;
    const left = await restore(cognito, UserPoolId, before).catch((cause: unknown) => {
      throw new Error(`The pool has changed at ${paths.join(", ")} and could not be restored.`, { cause });
    });
    return { kind: "restored", paths, left };
  }
};

/** Restores MFA last: UpdateUserPool cannot switch MFA on again in a pool that has lost all its factors. */
const restore = async (cognito: CognitoIdentityProviderClient, UserPoolId: string, before: WholePool) => {
  const { pool } = await readWholePool(cognito, UserPoolId);
  const { MfaConfiguration } = pool;
  await cognito.send(new UpdateUserPoolCommand({ UserPoolId, ...poolSettings(before.pool), MfaConfiguration }));
  const { mfa } = await readWholePool(cognito, UserPoolId);
  if (differences(before.mfa, mfa).length > 0) {
    await cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId, ...before.mfa }));
  }
  return differences(everything(before), everything(await readWholePool(cognito, UserPoolId)));
};

const errorOf = (call: Promise<unknown>): Promise<Error | undefined> =>
  call.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
