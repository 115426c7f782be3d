import * as v from "valibot";
import type { Mailbox } from "./mailbox.ts";
import { parseObject, type WireRequest, type WireResponse } from "./service.ts";
import type { VirtualClock } from "./virtual-clock.ts";

const Move = v.union([
  v.strictObject({
    advanceBy: v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))]),
      v.integer(),
      v.minValue(0),
    ),
  }),
  v.strictObject({ advanceTo: v.pipe(v.string(), v.isoTimestamp()) }),
]);

/** A published stack. */
export interface DeployedStack {
  stackName: string;
  region: string;
  accountId: string;
  outputs: Record<string, string>;
}

/**
 * Answers paths that AWS does not have: `GET /_local/clock`, `POST /_local/clock` with `{"advanceBy": milliseconds}` or
 * `{"advanceTo": "2026-01-01T00:00:00Z"}`, `GET /_local/mails`, `GET /_local/stack` (the published stack) and
 * `GET /_local/services` (the operations of each service). Returns undefined for paths outside `/_local/`.
 */
export const localRoutes =
  (
    clock: VirtualClock,
    mailbox: Mailbox,
    deployed: () => DeployedStack | undefined,
    services: () => Record<string, readonly string[]>,
  ) =>
  async (request: WireRequest): Promise<WireResponse | undefined> => {
    const route = `${request.method} ${request.path}`;
    if (route === "GET /_local/clock") return json(200, { now: clock.now() });
    if (route === "GET /_local/mails") return json(200, { mails: mailbox.mails });
    if (route === "GET /_local/services") return json(200, { services: services() });
    if (route === "GET /_local/stack") {
      const stack = deployed();
      return stack === undefined ? json(404, { message: "Nothing is deployed." }) : json(200, stack);
    }
    if (route === "POST /_local/clock") return moveClock(clock, request.body);
    if (!request.path.startsWith("/_local/")) return undefined;
    return json(404, { message: `There is no ${route}. Try GET /_local/services.` });
  };

const moveClock = async (clock: VirtualClock, body: string): Promise<WireResponse> => {
  let move;
  try {
    move = v.safeParse(Move, parseObject(body));
  } catch {
    move = undefined;
  }
  if (move?.success !== true)
    return json(400, { message: 'Send {"advanceBy": milliseconds} or {"advanceTo": "2026-01-01T00:00:00Z"}.' });
  if ("advanceBy" in move.output) await clock.advanceBy(move.output.advanceBy);
  else await clock.advanceTo(new Date(move.output.advanceTo));
  return json(200, { now: clock.now() });
};

const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
