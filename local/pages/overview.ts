import { readFileSync } from "node:fs";
import type { WireResponse } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import type { Stack } from "../stack.ts";

/** Serves the local stack's page at `/`. It shows the clock, the windows and the mails. */
export const serveOverview = ({ aws, reports, userPoolId }: Stack): void => {
  const html = readFileSync(new URL("overview.html", import.meta.url), "utf8");
  aws.pages.set("/", async () => answer("text/html; charset=utf-8", html));
  aws.pages.set("/_local/overview", async () => {
    const open: Window[] = [];
    const closed: ClosedWindow[] = [];
    for await (const { windows } of reports.openDuring(userPoolId, new Date(0), new Date("9999-12-31T00:00:00Z"))) {
      for (const window of windows) {
        if ("closedAt" in window) closed.push(window);
        else open.push(window);
      }
    }
    open.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    closed.sort((a, b) => b.closedAt.getTime() - a.closedAt.getTime());
    const mails = aws.mailbox.mails.toReversed();
    return answer("application/json", JSON.stringify({ now: aws.clock.now(), open, closed, mails }));
  });
};

const answer = (type: string, body: string): WireResponse => ({ status: 200, headers: { "content-type": type }, body });
