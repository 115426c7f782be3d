import { InvalidArgumentError } from "commander";
import * as v from "valibot";
import { parseDuration } from "../../shared/config/duration.ts";

/** Parsers of options and arguments for commander. They throw an InvalidArgumentError. */

/** Milliseconds. */
export const durationOption = (text: string): number => {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined)
    throw new InvalidArgumentError("Use a duration such as 30m, 12h, 1d, 1d12h or PT12H.");
  return milliseconds;
};

/** Milliseconds, and the text as the operator wrote it, for a line of the configuration. */
export const durationAsWritten = (text: string): { text: string; milliseconds: number } => ({
  text,
  milliseconds: durationOption(text),
});

export const portOption = (text: string): string => {
  const port = text.replace(/^=/, "");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new InvalidArgumentError("Use a port, as in --local=4567.");
  return port;
};

const textLike =
  (pattern: RegExp, fault: string) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new InvalidArgumentError(fault);
    return text;
  };

const nameFault = "Use only letters, digits and hyphens.";
export const stageOption = textLike(/^[a-z0-9][a-z0-9-]{0,99}$/i, nameFault);
/** An empty value counts as none: scripts pass empty environment variables. */
export const regionOption = textLike(/^([a-z][a-z0-9-]{0,62})?$/i, "Use a Region such as eu-west-1.");
/** A name or an ARN: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export const stackNameOption = textLike(/^([a-z][a-z0-9-]{0,127}|arn:[a-z0-9:/._+-]{1,1600})$/i, nameFault);
export const addressOption = textLike(v.EMAIL_REGEX, "Use an email address.");

const textUpTo =
  (most: number) =>
  (text: string): string => {
    const trimmed = text.trim();
    if (trimmed === "") throw new InvalidArgumentError("It must not be empty.");
    if (trimmed.length > most) throw new InvalidArgumentError(`It must not be longer than ${most} characters.`);
    return trimmed;
  };

export const reasonOption = textUpTo(500);
export const ticketOption = textUpTo(100);

export const countOption =
  (most: number) =>
  (text: string): number => {
    if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > most) {
      throw new InvalidArgumentError(`Use a whole number from 1 to ${most}.`);
    }
    return Number(text);
  };

/** Takes `2026-01-15` (its start in UTC) or `2026-01-15T10:00:00Z`. */
export const instantOption = (text: string): Date => {
  const instant = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  const written = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text);
  if (!written || Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(text.slice(0, 10))) {
    throw new InvalidArgumentError("Use a time in UTC such as 2026-01-15 or 2026-01-15T10:00:00Z.");
  }
  return instant;
};

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html */
export const userArgument = textLike(
  /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u,
  "USER is a username, an email address or a sub: 1 to 128 characters, no spaces.",
);
