import {
  createCredentialChain,
  fromContainerMetadata,
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromLoginCredentials,
  fromProcess,
  fromSSO,
  fromTokenFile,
} from "@aws-sdk/credential-providers";
import { memoize } from "@smithy/core/config";
import { minute } from "../../shared/config/duration.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import { Failure } from "../exit/failure.ts";
import { noCredentials, refusedCredentials } from "./credential-refusal.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { Profile } from "./profile.ts";

type Credentials = Awaited<ReturnType<ReturnType<typeof fromIni>>>;
type Provider = () => Promise<Credentials>;
type FromIniInit = NonNullable<Parameters<typeof fromIni>[0]>;

/** What the SDK's providers need in addition to the profile. */
export interface CredentialTools {
  clock: Pick<Clock, "now">;
  /** Asks the person at the terminal. Undefined without a terminal; resolves to undefined when the input ended instead. */
  ask: ((question: string) => Promise<string | undefined>) | undefined;
  roleAssumer: NonNullable<FromIniInit["roleAssumer"]>;
  roleAssumerWithWebIdentity: NonNullable<FromIniInit["roleAssumerWithWebIdentity"]>;
  /** Settings of the clients for IAM Identity Center and `aws login`, which the SDK builds itself. */
  clientConfig: Record<string, unknown>;
}

/** Credentials are renewed this long before they expire. */
const beforeExpiry = 5 * minute;

/**
 * The credentials of the source, shared by all clients: mfactl asks for an MFA code once and runs a process once. The provider
 * throws a Failure that says what to do about this source.
 */
export const credentialsFrom = (source: CredentialSource, profile: Profile, tools: CredentialTools): Provider => {
  const provider = providerOf(source, profile, tools);
  return memoize<Credentials>(
    () =>
      provider().catch((error: unknown) => {
        throw refusedCredentials(error, source, profile);
      }),
    ({ expiration }) => expiration !== undefined && expiration.getTime() - tools.clock.now().getTime() < beforeExpiry,
    ({ expiration }) => expiration !== undefined,
  );
};

const providerOf = (source: CredentialSource, { name, files }: Profile, tools: CredentialTools): Provider => {
  const { clientConfig, roleAssumer, roleAssumerWithWebIdentity } = tools;
  const ofProfile = { profile: name, ...files, clientConfig };
  switch (source.kind) {
    case "environment": {
      const { kind: _, ...keys } = source;
      return async () => keys;
    }
    case "role":
      return fromIni({
        ...ofProfile,
        roleAssumer,
        roleAssumerWithWebIdentity,
        mfaCodeProvider: codeFrom(tools.ask, name),
      });
    case "keys":
      return fromIni(ofProfile);
    case "web-identity":
      return fromTokenFile({ ...source, roleAssumerWithWebIdentity });
    case "sso":
      return fromSSO(ofProfile);
    case "login":
      return fromLoginCredentials(ofProfile);
    case "process":
      return fromProcess(ofProfile);
    case "container":
      return createCredentialChain(fromHttp(), fromContainerMetadata());
    case "instance":
      return fromInstanceMetadata();
    case "none":
    case "half-environment":
    case "role-without-source":
    case "half-web-identity":
      return async () => {
        throw noCredentials(source, name);
      };
  }
};

/** Asks for the code of the operator's MFA device. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const codeFrom =
  (ask: CredentialTools["ask"], profile: string) =>
  async (serial: string): Promise<string> => {
    if (ask === undefined) {
      throw new Failure(
        "permission",
        `The AWS profile ${profile} needs a code from the MFA device ${serial}, but there is no terminal to enter it.`,
        `Export the credentials of a session into the environment first: eval "$(aws configure export-credentials --profile ${profile} --format env)".`,
      );
    }
    const code = ((await ask(`Code from the MFA device ${serial}: `)) ?? "").trim();
    if (/^\d{6}$/.test(code)) return code;
    throw new Failure("permission", "An MFA code has six digits.", "Nothing was done. Repeat the command.");
  };
