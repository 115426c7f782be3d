import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { recordedLine } from "./audit/recorded-line.ts";
import { commands } from "./commands.ts";
import { exitCodes, exitCodesHelp } from "./exit/exit-codes.ts";
import { explainError } from "./exit/explain-error.ts";
import { Failure } from "./exit/failure.ts";
import type { Connection } from "./stack/connection.ts";
import { confirmer, type Context, type GlobalOptions, type Host } from "./stack/context.ts";
import { isColoured } from "./terminal/colour.ts";
import { Delivery } from "./terminal/delivery.ts";
import { Interruption } from "./terminal/interruption.ts";
import { portOption, regionOption, stackNameOption, stageOption } from "./terminal/option-values.ts";
import { Output } from "./terminal/output.ts";

const defaultLocalPort = 4566;

const footer = `
USER is a username, an email address or a sub. Durations: 30m, 12h, 1d, 1d12h, PT12H.

Exit codes:
${exitCodesHelp()}

Environment: AWS_PROFILE, AWS_REGION and other variables of the AWS CLI (docs/mfactl.md lists them); MFACTL_STAGE sets
--stage; NO_COLOR and FORCE_COLOR; MFACTL_DEBUG shows the whole error.

Examples:
  $ mfactl list
  $ mfactl open hanako@example.com --reason "cannot sign in" --ticket HD-1042
  $ mfactl --local show hanako@example.com

Run mfactl COMMAND --help for details of a command.`;

/** Runs mfactl with these arguments and returns its exit code. Never throws. */
export const run = async (argv: string[], host: Host): Promise<number> => {
  const { environment, stop } = host;
  const program = mfactl(host);
  const interruption = new Interruption(stop);
  let connection: Connection | undefined;
  let auditFailure: unknown;
  const audited = async () => {
    await connection?.auditWritten().catch((error: unknown) => (auditFailure = error));
  };
  const delivery = new Delivery(host, audited);
  const outputFor = ({ json = false }: Pick<GlobalOptions, "json">) => outputOf(host, delivery, json);
  const options = () => program.opts<GlobalOptions>();
  const context: Context = {
    get options() {
      return options();
    },
    get output() {
      return outputFor(options());
    },
    async connect() {
      // Imported late, so that help and usage errors do not wait for the SDK to load.
      const { connect } = await import("./stack/wiring.ts");
      connection = await connect(options(), host, interruption);
      return connection;
    },
    confirm: confirmer(host, options, interruption),
    interruption,
  };
  for (const register of commands) register(program, context);
  const wait = () => {
    if (interruption.acting)
      context.output.aside("Stopping at the next safe point. Press Ctrl-C again to quit at once.");
  };
  stop?.addEventListener("abort", wait);
  // Arguments after "--" are not options.
  const before = argv.slice(0, [...argv, "--"].indexOf("--"));
  const command = program.parseAsync([...before.map(withPort), ...argv.slice(before.length)], { from: "user" });
  const ended = await endOf(Promise.race([interruption.unlessStopped(command), crashOf(host.crash)]));
  stop?.removeEventListener("abort", wait);
  await delivery.done();
  await audited();
  const lost = await host.stdout.failure?.();
  const failure = ended instanceof Failure ? ended : (interruption.asked ?? outputFailure(lost));
  const output = outputFor({ json: before.includes("--json") });
  if (auditFailure !== undefined) output.aside(auditWords(auditFailure));
  if (failure !== undefined) output.failure(failure, Boolean(environment["MFACTL_DEBUG"]));
  // Standard output does not show the act, or not completely.
  if (ended instanceof Failure || lost !== undefined) {
    const done = recordedLine(output, connection?.audit ?? []);
    if (done !== undefined) output.aside(done);
  }
  await delivery.done();
  return exitCodes[failure?.kind ?? (ended === "help" ? "usage" : "done")].code;
};

const outputOf = ({ environment, stdout, stderr }: Host, delivery: Delivery, json: boolean): Output =>
  new Output({
    json,
    stdout: delivery.stdout,
    stderr: delivery.stderr,
    coloured: { stdout: isColoured(stdout, environment), stderr: isColoured(stderr, environment) },
    showsProgress: stderr.isTTY === true && environment["TERM"] !== "dumb",
  });

/** How the command ended. `help`: no command was named, so the help was printed. */
const endOf = async (command: Promise<unknown>): Promise<"done" | "help" | Failure> => {
  try {
    await command;
    return "done";
  } catch (error) {
    if (!(error instanceof CommanderError)) return explainError(error);
    if (error.exitCode === 0) return "done";
    return error.code === "commander.help" ? "help" : usageFailure(error);
  }
};

/** Rejects with an uncaught error: the command may then never end. */
const crashOf = (crash: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    crash?.addEventListener("abort", () => reject(crash.reason instanceof Error ? crash.reason : new Error("crashed")));
  });

/** Undefined when the reader closed the pipe (`mfactl list | head`): it has read enough. */
const outputFailure = (lost: NodeJS.ErrnoException | undefined): Failure | undefined =>
  lost === undefined || lost.code === "EPIPE"
    ? undefined
    : new Failure(
        "output-failed",
        `The result could not be written to standard output: ${lost.message}.`,
        "The command itself succeeded. mfactl list and show display the current state.",
      );

/** A warning only: the act succeeded even if the audit log could not be written. */
const auditWords = (error: unknown): string =>
  `The audit log could not be written. The act itself is recorded on the window. ${explainError(error).message}`;

/** Adds the default port: commander would take a command after `--local` for its value. */
const withPort = (argument: string): string => (argument === "--local" ? `--local=${defaultLocalPort}` : argument);

const usageFailure = ({ message }: CommanderError): Failure =>
  new Failure("usage", message.replace(/^error: /, ""), "See mfactl --help and mfactl COMMAND --help.");

const mfactl = ({ environment, stdout, stderr }: Host): Command =>
  new Command("mfactl")
    .description("Exempts Cognito users from Email MFA for a limited time: opens, shows and closes their windows.")
    .option("--stage <stage>", "the deployed stage", stageOption, environment["MFACTL_STAGE"] ?? "prod")
    .option("--stack-name <name>", "the CloudFormation stack (default: cognito-mfa-lifecycle-<stage>)", stackNameOption)
    .option("--region <region>", "the AWS Region (default: as for the AWS CLI)", regionOption)
    .option("--profile <profile>", "the AWS profile (default: as for the AWS CLI)")
    .option("--local [=port]", "use the local stack of npm start instead of AWS", portOption)
    .option("--json", "print one JSON document instead of text")
    .option("-y, --yes", "do not ask for confirmation")
    .version(manifest.version, "-V, --version", "the version of this checkout")
    .addHelpText("after", footer)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
