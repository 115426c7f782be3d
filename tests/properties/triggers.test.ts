import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as v from "valibot";
import { record } from "../../events/record.ts";
import { createCustomMessage } from "../../functions/custom-message/custom-message.ts";
import { createPostAuthentication } from "../../functions/post-authentication/post-authentication.ts";
import { createPostConfirmation } from "../../functions/post-confirmation/post-confirmation.ts";
import { parsePolicy } from "../../shared/config/policy.ts";
import { silent } from "../support/silent-telemetry.ts";

const now = new Date("2026-03-01T00:00:00.000Z");
const clock = { now: () => now, sleep: async () => undefined };
// The part that the handlers and Middy read.
const context = { awsRequestId: "r" } as never;

/** The three triggers, and the messages that they send. `fails` makes all of their calls fail. */
const triggers = (fails = false) => {
  const sent: unknown[] = [];
  const fail = () => Promise.reject(new Error("no"));
  const options = {
    records: { send: fails ? fail : async (message: unknown) => void sent.push(JSON.parse(JSON.stringify(message))) },
    clock,
    newId: () => "id",
    telemetry: silent,
  };
  const policy = parsePolicy({ resetMail: "locale" });
  const handlers = [
    createCustomMessage({ ...options, policy }),
    createPostConfirmation(options),
    createPostAuthentication({ ...options, policy, glance: fails ? fail : async () => ({ open: false }) }),
  ];
  return { handlers, sent };
};

const sources = [
  "CustomMessage_ForgotPassword",
  "PostConfirmation_ConfirmForgotPassword",
  "PostAuthentication_Authentication",
  "CustomMessage_SignUp",
  "PostConfirmation_ConfirmSignUp",
];
const source = fc.oneof(
  fc.constantFrom(...sources),
  fc.string(),
  fc.constantFrom("__proto__", "constructor", "toString"),
);
/** Ordinary text, any Unicode, markup, the service's separators, and very long values. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("#", `"'\`\\`, "line\nbreak\r\n", "<img src=x>{####}", "\u0000", "\ud800", "a".repeat(20_000)),
);
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom("sub", "email", "locale", "name", "identities", "cognito:user_status"), fc.string()),
  fc.oneof(text, fc.boolean(), fc.constant(null), fc.jsonValue()),
);
const event = fc.record(
  {
    version: fc.oneof(fc.constantFrom("1", 1, "2"), fc.jsonValue()),
    triggerSource: source,
    userPoolId: fc.oneof(fc.constant("us-east-1_Pool"), text),
    userName: fc.oneof(text, fc.jsonValue()),
    request: fc.oneof(
      fc.record(
        {
          userAttributes: attributes,
          codeParameter: fc.oneof(fc.constant("{####}"), text),
          clientMetadata: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    response: fc.oneof(fc.constant({}), fc.constant(null), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

describe("the triggers", () => {
  it("never throw, and return any input unchanged, except for the text of the mail", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(event, fc.jsonValue()), async (given) => {
        for (const handler of triggers().handlers) {
          const answer: unknown = await handler(structuredClone(given), context);
          expect(withoutMail(answer)).toEqual(withoutMail(given));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never throw when nothing that they call works", async () => {
    await fc.assert(
      fc.asyncProperty(event, async (given) => {
        for (const handler of triggers(true).handlers) {
          expect(withoutMail(await handler(structuredClone(given), context))).toEqual(withoutMail(given));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("treat only sources with the name of a fact as facts", async () => {
    const inherited = Object.getOwnPropertyNames(Object.prototype);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom(...inherited)), async (triggerSource) => {
        fc.pre(!sources.includes(triggerSource));
        const { handlers, sent } = triggers();
        const request = { userAttributes: { sub: "s" } };
        const given = { triggerSource, userPoolId: "us-east-1_Pool", userName: "u", request };
        for (const handler of handlers) await handler(given, context);
        expect(sent).toEqual([]);
      }),
      { examples: inherited.map((name) => [name]) },
    );
  });

  it("record nothing that record-reset would not take for a fact, where the user is one that Cognito can have", async () => {
    const username = fc.stringMatching(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u);
    await fc.assert(
      fc.asyncProperty(username, fc.uuid(), fc.constantFrom(...sources), async (userName, sub, triggerSource) => {
        const { handlers, sent } = triggers();
        const given = { triggerSource, userPoolId: "us-east-1_Pool", userName, request: { userAttributes: { sub } } };
        for (const handler of handlers) await handler(given, context);
        for (const message of sent) expect(v.parse(record, message)).toMatchObject({ sub, username: userName });
        expect(sent.length).toBe(triggerSource.includes("SignUp") ? 0 : 3);
      }),
    );
  });
});

describe("the reset mail", () => {
  it("contains the placeholder once and no text from a user, for any name, locale and address", async () => {
    await fc.assert(
      fc.asyncProperty(attributes, fc.constantFrom("ja", "en-GB", "JA_jp"), async (given, locale) => {
        const [customMessage] = triggers().handlers;
        const request = { codeParameter: "{####}", userAttributes: { ...given, locale } };
        const plain = { codeParameter: "{####}", userAttributes: { sub: "s", locale } };
        const word = (asked: object) =>
          customMessage?.({ triggerSource: "CustomMessage_ForgotPassword", request: asked, response: {} }, context);
        const answer: unknown = await word(request);
        expect(answer).toMatchObject({ response: { emailMessage: expect.stringMatching(/^[^{]*\{####\}[^{]*$/) } });
        expect(answer).toMatchObject({ response: ((await word(plain)) as { response: object }).response });
      }),
      { numRuns: 100 },
    );
  });
});

const withoutMail = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || !("response" in value)) return value;
  const { response, ...rest } = value;
  if (typeof response !== "object" || response === null) return { ...rest, response: response ?? {} };
  return { ...rest, response: { ...response, emailSubject: undefined, emailMessage: undefined } };
};
