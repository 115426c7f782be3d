import { readFile } from "node:fs/promises";
import { Failure } from "../exit/failure.ts";
import type { Environment, Profile } from "./profile.ts";

/**
 * Returns the certificates, as PEM, that the AWS CLI would trust in place of its own list, or undefined when no bundle is set.
 * Throws a Failure for a file without a certificate. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
 */
export const caBundleOf = async (
  environment: Environment,
  { settings }: Pick<Profile, "settings">,
): Promise<string | undefined> => {
  const file = environment["AWS_CA_BUNDLE"] || settings["ca_bundle"] || environment["REQUESTS_CA_BUNDLE"];
  if (!file) return undefined;
  const pem = await readFile(file, "utf8").catch(() => "");
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw new Failure(
    "configuration",
    `The CA bundle ${file} cannot be read or contains no certificate.`,
    "Set AWS_CA_BUNDLE, or ca_bundle in the profile, to a PEM file.",
  );
};
