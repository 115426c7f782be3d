import * as v from "valibot";
import type { Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { invalidParameter } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { checkMfaRequirements, type PoolMfa } from "./pool-mfa.ts";
import { type MfaConfiguration, type PoolSettings, settingsEntries } from "./pool-settings.ts";
import { type Pool, requirePool } from "./pool.ts";
import { ALPHANUMERIC, randomText } from "./randomness.ts";
import { epochSeconds, integer, pageToken, poolId, request, text } from "./request.ts";
import { buildSchema, schemaAttribute } from "./schema-attributes.ts";

const poolName = text(1, 128, /^[\w\s+=,.@-]+$/);

const describe = (pool: Pool) => ({
  Id: pool.id,
  Name: pool.name,
  Arn: pool.arn,
  CreationDate: epochSeconds(pool.createdAt),
  LastModifiedDate: epochSeconds(pool.modifiedAt),
  ...pool.settings,
  AdminCreateUserConfig: {
    ...pool.settings.AdminCreateUserConfig,
    UnusedAccountValidityDays: pool.settings.Policies.PasswordPolicy.TemporaryPasswordValidityDays,
  },
  MfaConfiguration: pool.mfa.MfaConfiguration,
  UserPoolTier: pool.tier,
  SchemaAttributes: pool.schema,
  ...(pool.aliasAttributes.length > 0 && { AliasAttributes: pool.aliasAttributes }),
  ...(pool.usernameAttributes.length > 0 && { UsernameAttributes: pool.usernameAttributes }),
  UsernameConfiguration: { CaseSensitive: pool.caseSensitive },
  EstimatedNumberOfUsers: pool.users.size,
});

/** Throws when settings contradict each other. */
const checkSettings = (settings: PoolSettings): void => {
  const recovery = settings.AccountRecoverySetting?.RecoveryMechanisms ?? [];
  const distinct = (values: unknown[]) => new Set(values).size === values.length;
  if (!distinct(recovery.map(({ Name }) => Name)) || !distinct(recovery.map(({ Priority }) => Priority))) {
    throw invalidParameter("Invalid account recovery setting parameter. Priorities and mechanisms must be unique.");
  }
  if (recovery.length > 1 && recovery.some(({ Name }) => Name === "admin_only")) {
    throw invalidParameter(
      "Invalid account recovery setting parameter. admin_only cannot be used with other mechanisms.",
    );
  }
  const sender = settings.EmailConfiguration;
  if (sender.EmailSendingAccount === "DEVELOPER" && sender.SourceArn === undefined) {
    throw invalidParameter("EmailConfiguration with an EmailSendingAccount of DEVELOPER requires a SourceArn.");
  }
};

/** Throws for a request that sets the lifetime of temporary passwords in both the old member and the new one. */
const checkAccountValidity = ({ AdminCreateUserConfig, Policies }: PoolSettings, policiesGiven: boolean): void => {
  if (AdminCreateUserConfig.UnusedAccountValidityDays === undefined) return;
  if (policiesGiven) {
    throw invalidParameter(
      "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays",
    );
  }
  Policies.PasswordPolicy.TemporaryPasswordValidityDays = AdminCreateUserConfig.UnusedAccountValidityDays;
};

/** AWS has two members for verification texts: a text set in one shows in both. */
const alignMessages = (settings: PoolSettings): PoolSettings => {
  const template = settings.VerificationMessageTemplate;
  const SmsVerificationMessage = template.SmsMessage ?? settings.SmsVerificationMessage;
  const EmailVerificationMessage = template.EmailMessage ?? settings.EmailVerificationMessage;
  const EmailVerificationSubject = template.EmailSubject ?? settings.EmailVerificationSubject;
  return {
    ...settings,
    SmsVerificationMessage,
    EmailVerificationMessage,
    EmailVerificationSubject,
    VerificationMessageTemplate: {
      ...template,
      SmsMessage: SmsVerificationMessage,
      EmailMessage: EmailVerificationMessage,
      EmailSubject: EmailVerificationSubject,
    },
  };
};

const readSettings = (given: PoolSettings, policiesGiven: boolean): PoolSettings => {
  checkSettings(given);
  const settings = alignMessages(structuredClone(given));
  checkAccountValidity(settings, policiesGiven);
  return settings;
};

const policiesEntry = { ...settingsEntries, Policies: v.optional(settingsEntries.Policies.wrapped) };
const withPolicies = <T extends { Policies?: PoolSettings["Policies"] | undefined }>(given: T) => ({
  ...given,
  Policies: given.Policies ?? v.parse(settingsEntries.Policies, undefined),
});

export const poolOperations = ({
  pools,
  clock,
  random,
  region,
  accountId,
}: CognitoContext): Record<string, Operation> => ({
  CreateUserPool: request(
    {
      ...policiesEntry,
      PoolName: poolName,
      AliasAttributes: v.optional(v.array(v.picklist(["phone_number", "email", "preferred_username"])), []),
      UsernameAttributes: v.optional(v.array(v.picklist(["phone_number", "email"])), []),
      UsernameConfiguration: v.optional(v.strictObject({ CaseSensitive: v.boolean() }), { CaseSensitive: true }),
      Schema: v.optional(v.pipe(v.array(schemaAttribute), v.minLength(1), v.maxLength(50))),
    },
    (input) => {
      const { PoolName, AliasAttributes, UsernameAttributes, UsernameConfiguration, Schema, ...rest } = input;
      const { MfaConfiguration, UserPoolTier, ...given } = withPolicies(rest);
      const settings = readSettings(given, input.Policies !== undefined);
      if (AliasAttributes.length > 0 && UsernameAttributes.length > 0) {
        throw invalidParameter("Only one of the aliasAttributes or usernameAttributes can be set in a user pool.");
      }
      const id = `${region}_${randomText(random, ALPHANUMERIC, 9)}`;
      const pool: Pool = {
        id,
        arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${id}`,
        name: PoolName,
        createdAt: clock.now(),
        modifiedAt: clock.now(),
        settings,
        tier: UserPoolTier ?? "ESSENTIALS",
        mfa: changeMfa(undefined, MfaConfiguration, settings),
        schema: buildSchema(Schema ?? []),
        aliasAttributes: AliasAttributes,
        usernameAttributes: UsernameAttributes,
        caseSensitive: UsernameConfiguration.CaseSensitive,
        clients: new Map(),
        users: new Map(),
        groups: new Map(),
      };
      checkMfaRequirements(pool);
      pools.set(id, pool);
      return { UserPool: describe(pool) };
    },
  ),
  DescribeUserPool: request({ UserPoolId: poolId }, ({ UserPoolId }) => ({
    UserPool: describe(requirePool(pools, UserPoolId)),
  })),
  UpdateUserPool: request({ ...policiesEntry, UserPoolId: poolId, PoolName: v.optional(poolName) }, (input) => {
    const { UserPoolId, PoolName, ...rest } = input;
    const pool = requirePool(pools, UserPoolId);
    const { MfaConfiguration, UserPoolTier, ...given } = withPolicies(rest);
    const settings = readSettings(given, input.Policies !== undefined);
    const changed = {
      settings,
      tier: UserPoolTier ?? pool.tier,
      mfa: changeMfa(pool.mfa, MfaConfiguration, settings),
    };
    checkMfaRequirements(changed);
    Object.assign(pool, changed, { name: PoolName ?? pool.name, modifiedAt: clock.now() });
    return {};
  }),
  ListUserPools: request(
    { MaxResults: integer(1, 60), NextToken: v.optional(pageToken) },
    ({ MaxResults, NextToken }) => {
      const { items, next } = pageOf([...pools.values()], MaxResults, NextToken);
      const UserPools = items.map((pool) => ({
        Id: pool.id,
        Name: pool.name,
        LambdaConfig: pool.settings.LambdaConfig,
        CreationDate: epochSeconds(pool.createdAt),
        LastModifiedDate: epochSeconds(pool.modifiedAt),
      }));
      return { UserPools, NextToken: next };
    },
  ),
  DeleteUserPool: request({ UserPoolId: poolId }, ({ UserPoolId }) => {
    if (requirePool(pools, UserPoolId).settings.DeletionProtection === "ACTIVE") {
      throw invalidParameter(
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
      );
    }
    pools.delete(UserPoolId);
  }),
});

/**
 * Returns the pool's MFA after a change of MfaConfiguration in its settings. Without factors set before, that switches
 * on text messages. Throws when there is no configuration for those either.
 */
const changeMfa = (current: PoolMfa | undefined, wanted: MfaConfiguration, settings: PoolSettings): PoolMfa => {
  if (wanted === "OFF") return { MfaConfiguration: "OFF" };
  if (current !== undefined && current.MfaConfiguration !== "OFF") return { ...current, MfaConfiguration: wanted };
  const { SmsConfiguration } = settings;
  if (SmsConfiguration === undefined) {
    throw invalidParameter(
      "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
    );
  }
  return { MfaConfiguration: wanted, SmsMfaConfiguration: { SmsConfiguration } };
};
