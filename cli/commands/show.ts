import type { Command } from "commander";
import { formatDuration } from "../../shared/config/duration.ts";
import { emailMfaIsOn, type Factors } from "../../shared/users/factors.ts";
import { acceptedUntil, isAccepted } from "../../shared/windows/accept-window.ts";
import type { Seen } from "../../shared/windows/seen.ts";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import type { Connection } from "../stack/connection.ts";
import type { Context } from "../stack/context.ts";
import { userArgument } from "../terminal/option-values.ts";
import { instant, type Output, plain, plural } from "../terminal/output.ts";
import { findUser, type FoundUser } from "../windows/find-user.ts";
import { timeLeft } from "../windows/time-left.ts";
import { timeline } from "../windows/timeline.ts";
import { closedWindowView, openWindowView, stateOf } from "../windows/window-view.ts";

export const register = (program: Command, context: Context): void => {
  program
    .command("show")
    .summary("everything about one user: state, timeline, evidence, history")
    .argument("<user>", "username, email address or sub; for a deleted user the sub", userArgument)
    .addHelpText(
      "after",
      `
Examples:
  $ mfactl show hanako@example.com
  $ mfactl show 3f0c1c9e-8a57-4b0e-9f2d-0f6f2a7f6a11 --json`,
    )
    .action((user: string) => show(context, user));
};

const show = async (context: Context, text: string): Promise<void> => {
  const connection = await context.connect();
  const { policy, clock, users, windows, reports } = connection;
  const user = await findUser(connection, text);
  const current = user.gone ? "gone" : await users.read(user.username);
  const factors = current === "gone" ? undefined : current.factors;
  const { open, seen } = await windows.find(user);
  const history = await reports.history(user);
  const now = clock.now();
  const { output } = context;
  output.result(
    {
      now,
      user: { sub: user.sub, username: user.username, status: user.status, email: user.email, factors },
      open: open && openWindowView(open, policy, now),
      seen,
      history: history.map(closedWindowView),
    },
    () => [
      ...aboutUser(output, user, factors, open),
      ...(open === undefined ? aboutLookedAt(seen) : aboutOpen(output, open, connection)),
      ...aboutHistory(output, history),
    ],
  );
};

const aboutUser = (output: Output, user: FoundUser, factors: Factors | undefined, open: Window | undefined) => [
  `${output.style("bold", user.username)}${user.email === undefined ? "" : ` · ${user.email}`} · ${user.status}`,
  user.sub === user.username ? undefined : `sub ${user.sub}`,
  `Email MFA ${factors === undefined ? "cannot be read: the user no longer exists" : emailMfaIsOn(factors) ? output.style("green", "on") : output.style("yellow", "off")}` +
    `${factors === undefined ? "" : ` · ${words(factors)}`} · ${open === undefined ? "no open window" : "exempt"}`,
];

const words = ({ active, preferred }: Factors): string =>
  active.length === 0
    ? "no factor"
    : `factors ${active.join(", ")}${preferred === undefined ? "" : `, preferred ${preferred}`}`;

const aboutLookedAt = (seen: Seen | undefined) => [
  seen &&
    `${seen.checkedAt === undefined ? "The next sign-in will be checked" : `Last checked ${instant(seen.checkedAt)}`}${seen.known ? "; Email MFA has been on before" : ""}.`,
];

const aboutOpen = (output: Output, open: Window, { policy, clock }: Pick<Connection, "policy" | "clock">) => {
  const now = clock.now();
  const state = stateOf(open, policy, now);
  return [
    `\n${output.style("bold", `Open window ${open.windowId}`)} · ${state === "overdue" ? output.style("red", state) : state}`,
    `${timeLeft(output, open, now)} · due ${instant(open.dueAt)} · cap ${instant(open.cap)}`,
    open.accepted !== undefined && isAccepted(open.accepted, now)
      ? `${output.style("yellow", "Accepted")} until ${instant(acceptedUntil(open.accepted))} by ${plain(open.accepted.by)}, “${plain(open.accepted.reason ?? "")}”`
      : undefined,
    `Before: ${words(open.factorsBefore)}`,
    ...aboutTimeline(open),
  ];
};

const aboutTimeline = (window: Window): string[] => {
  const total = Object.values(window.counts).reduce((sum, count) => sum + count, 0);
  const uncounted = total - window.facts.length;
  return [
    ...(uncounted > 0 ? [`  ${plural(uncounted, "earlier fact")} counted but no longer listed`] : []),
    ...timeline(window).map(({ at, what }) => `  ${instant(at)}  ${plain(what)}`),
  ];
};

const aboutHistory = (output: Output, history: ClosedWindow[]): string[] => {
  const [last] = history;
  if (last === undefined) return [];
  const rows = history.map((window) => [
    instant(window.openedAt),
    instant(window.closedAt),
    formatDuration(window.closedAt.getTime() - window.openedAt.getTime()),
    window.origin,
    window.outcome,
    evidence(window),
  ]);
  return [
    `\n${output.style("bold", "Last closed window")} ${last.windowId}`,
    ...aboutTimeline(last),
    `\n${output.table(["OPENED", "CLOSED", "OPEN FOR", "ORIGIN", "OUTCOME", "EVIDENCE"], rows)}`,
  ];
};

const evidence = ({ evidence }: ClosedWindow): string =>
  evidence === undefined
    ? "none: the user no longer existed"
    : `[${evidence.before.active.join(", ")}] → [${evidence.after.active.join(", ")}]`;
