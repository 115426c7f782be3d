import { Command, CommanderError } from "commander";
import { commands } from "./commands.ts";
import type { Connection } from "./connection.ts";
import { confirmer, type Context, type GlobalOptions, type Surroundings } from "./context.ts";
import { exitCodes, exitCodesHelp } from "./exit-codes.ts";
import { explainError } from "./explain-error.ts";
import { Failure } from "./failure.ts";
import { Output } from "./output.ts";
import { portOption, regionOption, stackNameOption, stageOption } from "./option-values.ts";

const defaultLocalPort = 4566;

const footer = `
USER is a username, an email address or a sub. Durations: 30m, 12h, 1d, 1d12h, PT12H.

Exit codes:
${exitCodesHelp()}

Environment: AWS_PROFILE, AWS_REGION and others of the AWS CLI, as docs/mfactl.md lists them; MFACTL_STAGE for --stage;
NO_COLOR; MFACTL_DEBUG shows the whole error.

Examples:
  $ mfactl list
  $ mfactl open hanako@example.com --reason "cannot sign in" --ticket HD-1042
  $ mfactl --local show hanako@example.com

mfactl COMMAND --help tells more of a command.`;

/** Runs mfactl with these arguments and gives back its exit code. Never throws. */
export const run = async (argv: string[], surroundings: Surroundings): Promise<number> => {
  const { environment, stdout, stderr } = surroundings;
  const program = mfactl(surroundings);
  const outputFor = ({ json }: Pick<GlobalOptions, "json">) =>
    new Output({ json: json ?? false, stdout, stderr, colour: stdout.isTTY === true && !environment["NO_COLOR"] });
  const options = () => program.opts<GlobalOptions>();
  let connection: Connection | undefined;
  const context: Context = {
    get options() {
      return options();
    },
    get output() {
      return outputFor(options());
    },
    async connect() {
      // Late, so that help and usage errors need not wait for the SDK.
      const { connect } = await import("./wiring.ts");
      connection = await connect(options(), surroundings);
      return connection;
    },
    confirm: confirmer(surroundings, options),
  };
  for (const register of commands) register(program, context);
  // What follows is no option, whatever it looks like.
  const before = argv.slice(0, [...argv, "--"].indexOf("--"));
  try {
    await program.parseAsync([...before.map(withPort), ...argv.slice(before.length)], { from: "user" });
    return exitCodes.done.code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done.code;
    if (error instanceof CommanderError && error.code === "commander.help") return exitCodes.usage.code;
    const failure = error instanceof CommanderError ? usageFailure(error) : explainError(error);
    outputFor({ json: before.includes("--json") }).failure(failure, Boolean(environment["MFACTL_DEBUG"]));
    return exitCodes[failure.kind].code;
  } finally {
    if (connection !== undefined) await writeAudit(connection, context.output);
  }
};

/** What was done is done: an audit log that cannot be written is told about, and changes nothing. */
const writeAudit = async ({ audit, auditLog }: Connection, output: Output): Promise<void> => {
  if (audit.length === 0) return;
  await auditLog?.write(audit).catch((error: unknown) => {
    output.aside(`The audit log was not written; the window has it all the same. ${explainError(error).message}`);
  });
};

/** `--local` may stand before a command, which commander would take for its value. */
const withPort = (argument: string): string => (argument === "--local" ? `--local=${defaultLocalPort}` : argument);

const usageFailure = ({ message }: CommanderError): Failure =>
  new Failure("usage", message.replace(/^error: /, ""), "mfactl --help and mfactl COMMAND --help tell how.");

const mfactl = ({ environment, stdout, stderr }: Surroundings): Command =>
  new Command("mfactl")
    .description(
      "Opens, shows and closes the windows in which a Cognito user is without Email MFA, and sees to it that they end.",
    )
    .option("--stage <stage>", "the stage that was deployed", stageOption, environment["MFACTL_STAGE"] ?? "prod")
    .option("--stack-name <name>", "the CloudFormation stack (default: cognito-mfa-lifecycle-<stage>)", stackNameOption)
    .option("--region <region>", "the AWS Region, as the AWS CLI takes it", regionOption)
    .option("--profile <profile>", "the AWS profile, as the AWS CLI takes it")
    .option("--local [=port]", "the local stack of npm start instead of AWS", portOption)
    .option("--json", "one JSON document instead of words")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", footer)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
