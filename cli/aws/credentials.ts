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
import { Failure } from "../failure.ts";
import { noCredentials, refusedCredentials } from "./credential-refusal.ts";
import type { CredentialSource } from "./credential-source.ts";
import type { Profile } from "./profile.ts";

type Credentials = Awaited<ReturnType<ReturnType<typeof fromIni>>>;
type Provider = () => Promise<Credentials>;
type FromIniInit = NonNullable<Parameters<typeof fromIni>[0]>;

/** What the providers of the SDK need besides the profile. */
export interface CredentialTools {
  clock: Pick<Clock, "now">;
  /** Asks the person at the terminal; absent where there is none. */
  /** Undefined where nobody can be asked; answers undefined where the input ended instead. */
  ask: ((question: string) => Promise<string | undefined>) | undefined;
  roleAssumer: NonNullable<FromIniInit["roleAssumer"]>;
  roleAssumerWithWebIdentity: NonNullable<FromIniInit["roleAssumerWithWebIdentity"]>;
  /** For the clients of IAM Identity Center and `aws login`, which the SDK builds for itself. */
  clientConfig: Record<string, unknown>;
}

/** AWS takes credentials that expire in less than this as they are; new ones are got before. */
const beforeExpiry = 5 * minute;

/**
 * The credentials of the source, for all clients together: a code is asked for once, a process runs once. The provider
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

/** The code of the person's MFA device. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const codeFrom =
  (ask: CredentialTools["ask"], profile: string) =>
  async (serial: string): Promise<string> => {
    if (ask === undefined) {
      throw new Failure(
        "permission",
        `The AWS profile ${profile} asks for a code of the MFA device ${serial}, and there is no terminal to ask at.`,
        `Put the credentials of a session into the environment first: eval "$(aws configure export-credentials --profile ${profile} --format env)".`,
      );
    }
    const code = ((await ask(`Code of the MFA device ${serial}: `)) ?? "").trim();
    if (/^\d{6}$/.test(code)) return code;
    throw new Failure("permission", "A code of an MFA device is six digits.", "Repeat the command: nothing was done.");
  };
