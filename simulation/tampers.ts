import {
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Context, SQSEvent } from "aws-lambda";
import { wire as customMessage } from "../functions/custom-message/wiring.ts";
import { wire as postAuthentication } from "../functions/post-authentication/wiring.ts";
import { wire as reconcile } from "../functions/reconcile/wiring.ts";
import type { Wire } from "../local/stack.ts";
import { minute } from "../shared/config/duration.ts";
import type { Deps } from "../shared/lifecycle/deps.ts";
import { plus } from "../shared/runtime/instants.ts";
import type { WindowStore } from "../shared/windows/window-store.ts";
import type { Window } from "../shared/windows/window.ts";
import { type Ports, recordResetWith, reEnableWith } from "./rewire.ts";

/** Returns a bug's replacements for a function's ports. */
export type Tamper = (ports: Ports) => Partial<Ports>;

export const both = (tamper: Tamper) => ({
  "record-reset": recordResetWith(tamper),
  "re-enable-mfa": reEnableWith(tamper),
});

const updating =
  (change: (window: Window, ports: Ports) => Window): Tamper =>
  (ports) => ({
    windows: { ...ports.windows, update: (window) => ports.windows.update(change(window, ports)) },
  });

const latestFact = (window: Window) => window.facts.at(-1);

export const extendedBy = (kind: string, isCapped: boolean): Tamper =>
  updating((window) => {
    const fact = latestFact(window);
    if (fact?.kind !== kind) return window;
    const dueAt = plus(fact.at, window.gracePeriod);
    return dueAt > window.dueAt && (!isCapped || dueAt <= window.cap) ? { ...window, dueAt } : window;
  });

export const skipReadBack: Tamper = ({ users }) => {
  const believed = new Set<string>();
  return {
    users: {
      ...users,
      async read(username) {
        if (!believed.delete(username)) return users.read(username);
        const user = await users.read(username);
        return user === "gone" ? user : { ...user, factors: { active: ["EMAIL_OTP"], preferred: "EMAIL_OTP" } };
      },
      async setEmailMfa(username, settings) {
        const result = await users.setEmailMfa(username, settings);
        believed.add(username);
        return result;
      },
    },
  };
};

export const tableAfter =
  (first: (ports: Deps, window: Window) => Promise<unknown>) =>
  <Some extends Deps>(ports: Some): Some => ({
    ...ports,
    windows: {
      ...ports.windows,
      async open(window, over, known) {
        await first(ports, window);
        return ports.windows.open(window, over, known);
      },
    },
  });

/** Overwrites concurrent changes. */
export const overwrite: Tamper = ({ windows }) => ({
  windows: {
    ...windows,
    async update(window) {
      const { open } = await windows.findToChange(window);
      return windows.update({ ...window, version: open?.version ?? window.version });
    },
  },
});

/** Overwrites the last closed window with the new one, without keeping it. */
export const withoutHistory = ({ windows }: Pick<Ports, "windows">): Pick<Ports, "windows"> => ({
  windows: { ...windows, open: (window, { lastClosed: _, ...over }, known) => windows.open(window, over, known) },
});

export const otherFactors: Tamper = ({ users, surroundings }) => {
  const cognito = new CognitoIdentityProviderClient({ ...surroundings.aws });
  return {
    users: {
      ...users,
      async setEmailMfa(Username, { enabled, preferred }) {
        await cognito.send(
          new AdminSetUserMFAPreferenceCommand({
            UserPoolId: surroundings.environment["USER_POOL_ID"],
            Username,
            EmailMfaSettings: { Enabled: enabled, PreferredMfa: preferred },
            SoftwareTokenMfaSettings: { Enabled: false },
          }),
        );
        return { attempts: 1 };
      },
    },
  };
};

/** Assumes that the pool asks for every listed factor. */
export const poolUnasked: Tamper = ({ users }) => ({ users: { ...users, poolMfa: () => Promise.resolve("OPTIONAL") } });

/** The same, and trusts only the list: every listed factor protects, even an app, and nothing else does. */
export const listAlone: Tamper = (ports) => {
  const { environment, aws } = ports.surroundings;
  const cognito = new CognitoIdentityProviderClient({ ...aws });
  const { users } = { ...ports, ...poolUnasked(ports) };
  return {
    users: {
      ...users,
      async read(Username) {
        const user = await users.read(Username);
        if (user === "gone") return user;
        const question = new AdminGetUserCommand({ UserPoolId: environment["USER_POOL_ID"], Username });
        const { UserMFASettingList: listed = [] } = await cognito.send(question);
        const protects = listed.map((factor) => (factor === "SOFTWARE_TOKEN_MFA" ? "SMS_MFA" : factor));
        return { ...user, factors: { ...user.factors, active: listed.includes("EMAIL_OTP") ? listed : protects } };
      },
    },
  };
};

/** Takes the current user of the name for the window's user. */
export const byName: Tamper = ({ users, windows }) => {
  let wanted = "";
  return {
    windows: {
      ...windows,
      async findToChange(user, windowId) {
        wanted = user.sub;
        return windows.findToChange(user, windowId);
      },
    },
    users: {
      ...users,
      async read(username) {
        const user = await users.read(username);
        return user === "gone" ? user : { ...user, sub: wanted };
      },
    },
  };
};

export const acknowledging =
  (wire: Wire): Wire =>
  (surroundings) => {
    const handler = wire(surroundings) as (event: SQSEvent, context: Context) => Promise<unknown>;
    return async (event: SQSEvent, context: Context) => {
      await handler(event, context).catch(() => undefined);
      return { batchItemFailures: [] };
    };
  };

/** A trigger that also throws the errors that it logs. */
export const throwing: Wire = (surroundings) => {
  let failed = false;
  const { telemetry } = surroundings;
  const add: typeof telemetry.metrics.add = (metric, value, dimension) => {
    failed ||= metric === "RecordFailed";
    telemetry.metrics.add(metric, value, dimension);
  };
  const handler = customMessage({ ...surroundings, telemetry: { ...telemetry, metrics: { add } } });
  return async (event: unknown, context: Context) => {
    const answer: unknown = await handler(event, context);
    if (failed) throw new Error("a bug");
    return answer;
  };
};

export const plain: Tamper = () => ({});

export const onlyBeating: Wire =
  ({ telemetry }) =>
  async () => {
    telemetry.metrics.add("WindowsOverdue", 0);
    telemetry.metrics.add("ReconcilerHeartbeat", 1);
    void telemetry.flush();
  };

/** Sends remembered records to a queue without a reader. */
export const withoutSendingAgain: Wire = (surroundings) => {
  const { environment } = surroundings;
  return reconcile({ ...surroundings, environment: { ...environment, RECORDS_QUEUE_URL: environment["DUE_DLQ_URL"] } });
};

/** Takes the username of the record for the window's. */
export const namedByRecord: Tamper = ({ windows }) => ({
  windows: {
    ...windows,
    async findToChange(fact, windowId) {
      const found = await windows.findToChange(fact, windowId);
      const { username } = { username: found.open?.username, ...fact };
      return found.open === undefined || username === undefined
        ? found
        : { ...found, open: { ...found.open, username } };
    },
  },
});

/** Treats the first look as the second. */
export const goneBefore: Tamper = ({ windows }) => ({
  windows: {
    ...windows,
    async findToChange(user, windowId) {
      const found = await windows.findToChange(user, windowId);
      return found.open === undefined ? found : { ...found, open: { goneSince: new Date(0), ...found.open } };
    },
  },
});

/** A second read of a window within a minute returns the result of the first. */
export const readOnce: Tamper = ({ windows, clock }) => {
  const reads = new Map<string, { at: Date; found: ReturnType<WindowStore["findToChange"]> }>();
  return {
    windows: {
      ...windows,
      findToChange(user, windowId) {
        const read = reads.get(user.sub);
        if (read !== undefined && clock.now() < plus(read.at, minute)) {
          reads.delete(user.sub);
          return read.found;
        }
        const found = windows.findToChange(user, windowId);
        reads.set(user.sub, { at: clock.now(), found });
        return found;
      },
    },
  };
};

/** A trigger that treats a look with a date in the future as one that was made now. */
export const lookedJustNow: Wire = (surroundings) => {
  const { light, clock } = surroundings;
  if (light === undefined) throw new Error("The simulation gives every trigger a light client.");
  return postAuthentication({
    ...surroundings,
    light: {
      ...light,
      async send(request) {
        const response = await light.send(request);
        return { ...response, body: response.body.replaceAll(/9990-[^"]*/g, clock.now().toISOString()) };
      },
    },
  });
};

/** Wires a worker that assumes it has unlimited time. */
export const withoutDeadline =
  (wire: Wire): Wire =>
  (surroundings) => {
    const handler = wire(surroundings) as (event: unknown, context: Context) => Promise<unknown>;
    return (event: unknown, context: Context) =>
      handler(event, { ...context, getRemainingTimeInMillis: () => 24 * 60 * minute });
  };
