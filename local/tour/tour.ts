import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { formatDuration, hour, minute } from "../../shared/config/duration.ts";
import { plus } from "../../shared/runtime/instants.ts";
import type { Stack } from "../stack.ts";
import { Actions } from "./actions.ts";
import { hasEmailMfa, type Person, setEmailMfa } from "./cast.ts";
import { Narrator } from "./narrator.ts";

/** The tour's policy, as environment variables of the functions. */
export const tourPolicy = { GRACE_PERIOD: "1d", MAX_WINDOW: "3d", VERIFY_EVERY: "1h", RESET_MAIL: "locale" };

/** Plays the article's story on the stack. Throws a TourFailure with the name of the step that failed. */
export const playTour = async (stack: Stack, calls: Call[], write: (line: string) => void): Promise<void> => {
  const { aws, userPoolId, clientId } = stack;
  const tell = new Narrator(() => aws.clock.now(), write);
  const cognito = new CognitoIdentityProviderClient(aws.clientOptions("tour"));
  const actions = new Actions(stack, { cognito, mailbox: aws.mailbox, tell, userPoolId, clientId });
  tell.chapter("1  An administrator invites a user and switches Email MFA on");
  const hanako = await actions.invite("hanako");
  tell.chapter("2  Cognito refuses “forgot password”");
  tell.step("hanako has forgotten the password");
  await actions.forgotPasswordIsRefused(hanako);
  tell.chapter("3  The exemption: first the window and its timer, then Email MFA off");
  await exempt(actions, hanako, calls);
  await reset(actions, hanako);
  tell.chapter("4  The exemption ends automatically");
  await endsByItself(actions, hanako);
  tell.chapter("5  Four mishaps");
  const others = await mishaps(actions, stack);
  tell.chapter("6  Summary");
  for (const person of [hanako, ...others]) await summarise(actions, person);
};

const exempt = async (actions: Actions, person: Person, calls: Call[]): Promise<void> => {
  const { tell } = actions.scene;
  tell.step(`the help desk opens a window for ${person.name}`);
  const before = calls.length;
  await actions.open(person);
  const order = calls
    .slice(before)
    .map(({ operation }) => operation)
    .filter((operation) => ["UpdateItem", "CreateSchedule", "AdminSetUserMFAPreference"].includes(operation));
  tell.check(
    "in this order: window in the table, timer, mark in the table, Email MFA off, result in the table",
    order.join() === "UpdateItem,CreateSchedule,UpdateItem,AdminSetUserMFAPreference,UpdateItem",
  );
  tell.check("Email MFA is off", !(await hasEmailMfa(actions.scene, person)));
};

const reset = async (actions: Actions, person: Person): Promise<void> => {
  const { tell } = actions.scene;
  await actions.move(2 * hour);
  const opened = await actions.window(person);
  tell.step("“forgot password” works now");
  await actions.forgotPassword(person);
  const requested = await actions.window(person);
  tell.check("the window records the request", requested.counts["reset-requested"] === 1);
  tell.check("a request does not move the end", requested.dueAt.getTime() === opened.dueAt.getTime());
  await actions.move(3 * minute);
  tell.step("the mailed code resets the password");
  await actions.confirmForgotPassword(person);
  const { dueAt, facts } = await actions.window(person);
  const confirmed = facts.find(({ kind }) => kind === "reset-confirmed");
  tell.check("the window records the confirmed reset", confirmed !== undefined);
  tell.check(
    `the end moves to 1d after the reset, ${dueAt.toISOString()}`,
    dueAt.getTime() === (confirmed?.at.getTime() ?? NaN) + 24 * hour,
  );
  await actions.move(minute);
  tell.step(`${person.name} signs in with the new password`);
  await actions.signInWithoutCode(person);
  tell.check("the window records the sign-in", (await actions.window(person)).counts["signed-in"] === 1);
};

const endsByItself = async (actions: Actions, person: Person): Promise<void> => {
  const { tell } = actions.scene;
  const { dueAt } = await actions.window(person);
  await actions.moveTo(plus(dueAt, -minute));
  tell.step("one minute before the window is due");
  tell.check("Email MFA is still off", !(await hasEmailMfa(actions.scene, person)));
  await actions.moveTo(plus(dueAt, 2 * minute));
  tell.step("past due: the schedule has fired and the queue has delivered");
  tell.check("Email MFA is on", await hasEmailMfa(actions.scene, person));
  await actions.closed(person, "re-enabled");
  tell.step("the next sign-in asks for a code");
  await actions.signInWithCode(person);
};

const mishaps = async (actions: Actions, { aws }: Stack): Promise<Person[]> => {
  const { tell } = actions.scene;
  tell.step("ichiro, jun, ken and mio are invited in the same way");
  const quiet = new Actions(actions.stack, { ...actions.scene, tell: tell.silently() });
  const ichiro = await quiet.invite("ichiro");
  const jun = await quiet.invite("jun");
  const ken = await quiet.invite("ken");
  const mio = await quiet.invite("mio");
  await actions.move(2 * hour);

  tell.step("an administrator switches ichiro's Email MFA off in the console, outside the service");
  await setEmailMfa(actions.scene, ichiro, false);
  tell.check("there is no window", (await actions.find(ichiro)).open === undefined);
  tell.step("ichiro signs in");
  await actions.signInWithoutCode(ichiro);
  const drift = await actions.window(ichiro);
  tell.check(`the sign-in opens a window with origin ${drift.origin}`, drift.origin === "drift");

  tell.step("jun gets a window, and its schedule is deleted");
  await actions.deleteTimer(await actions.open(jun));

  tell.step("ken gets a window, and Cognito will throttle the first three re-enables");
  await actions.open(ken);
  throttleReEnables(aws, ken, 3);

  tell.step("mio gets a window, leaves the company, and is deleted");
  const { dueAt } = await actions.open(mio);
  await actions.deleteUser(mio);

  await actions.moveTo(plus(dueAt, 2 * minute));
  tell.step("past due, ichiro");
  tell.check("Email MFA is on", await hasEmailMfa(actions.scene, ichiro));
  await actions.closed(ichiro, "re-enabled");
  tell.step("past due, jun: no schedule has fired, and the reconciler has not run yet");
  tell.check("the window is still open", (await actions.find(jun)).open !== undefined);
  tell.step("past due, ken");
  const { lastFailure, nextTryAt, attempts } = await actions.window(ken);
  tell.check(
    `the window is still open after ${attempts} failed tries. Last error: ${lastFailure?.error}. Next try: ${nextTryAt?.toISOString()}`,
    attempts > 0 && lastFailure?.error === "TooManyRequestsException" && nextTryAt !== undefined,
  );
  tell.step("past due, mio: Cognito no longer has this user");
  tell.check("the window stays open until a second check", (await actions.find(mio)).open !== undefined);

  await actions.moveTo(plus(dueAt, 7 * minute));
  tell.step("jun: the reconciler has found the window in the table");
  tell.check("Email MFA is on", await hasEmailMfa(actions.scene, jun));
  await actions.closed(jun, "re-enabled");
  tell.step("mio: the second check, five minutes after the first");
  await actions.closed(mio, "user-gone");
  tell.step("ken: more tries, with growing pauses");
  tell.check("Email MFA is on", await hasEmailMfa(actions.scene, ken));
  tell.check("three tries failed first", (await actions.closed(ken, "re-enabled")).attempts === 3);
  return [ichiro, jun, ken, mio];
};

/** Throttles this many tries. The SDK makes three attempts for each. */
const throttleReEnables = ({ endpoint }: Stack["aws"], person: Person, tries: number): void => {
  let left = tries * 3;
  endpoint.faults = ({ operation, caller, input }) => {
    const hit =
      operation === "AdminSetUserMFAPreference" && caller === "re-enable-mfa" && input["Username"] === person.username;
    if (!hit || left === 0) return undefined;
    left -= 1;
    return { kind: "throttle" };
  };
};

const summarise = async (actions: Actions, person: Person): Promise<void> => {
  const { tell } = actions.scene;
  const { lastClosed: window } = await actions.find(person);
  if (window === undefined) throw tell.failure(`${person.name} has no closed window`);
  const open = formatDuration(window.closedAt.getTime() - window.openedAt.getTime());
  const late = formatDuration(window.closedAt.getTime() - window.dueAt.getTime());
  const evidence = window.evidence
    ? `[${window.evidence.before.active.join()}] → [${window.evidence.after.active.join()}]`
    : "the user no longer exists";
  tell.say(
    `${person.name.padEnd(8)} ${window.origin.padEnd(9)} open ${open.padEnd(6)}  ${window.outcome.padEnd(11)}  ${late.padStart(6)} after due  ${evidence}`,
  );
};
