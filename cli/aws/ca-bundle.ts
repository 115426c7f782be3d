import { readFile } from "node:fs/promises";
import { Failure } from "../failure.ts";
import type { Environment, Profile } from "./profile.ts";

/**
 * The certificates that the AWS CLI would trust in place of its own list, as PEM, or nothing. Throws a Failure for a file
 * that has none. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
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
    `The CA bundle ${file} cannot be read, or has no certificate in it.`,
    "AWS_CA_BUNDLE, or ca_bundle in the profile, names a PEM file.",
  );
};
