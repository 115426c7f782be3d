import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  ListUsersCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type LocalAws, startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import { userFilter } from "../../cli/windows/user-filter.ts";

let aws: LocalAws;
let cognito: CognitoIdentityProviderClient;
let UserPoolId: string;
const victims = ["one", "two", "three"];

beforeAll(async () => {
  aws = await startLocalAws({ start: new Date("2026-03-01T00:00:00.000Z"), cognito: { quotas: false } });
  cognito = new CognitoIdentityProviderClient({ ...aws.clientOptions("people"), requestHandler: aws.requestHandler });
  UserPoolId = (await cognito.send(new CreateUserPoolCommand({ PoolName: "people" }))).UserPool?.Id ?? "";
  for (const userId of victims) {
    aws.cognito.seedFederatedUser(UserPoolId, { provider: "Okta", userId, email: `${userId}@example.com` });
  }
});
afterAll(() => aws.stop());

const find = async (Filter: string | undefined) => {
  const { Users } = await cognito.send(new ListUsersCommand({ UserPoolId, Filter }));
  return Users?.map(({ Username }) => Username) ?? [];
};
/** Sets these addresses of the pool's users, without Cognito's checks. */
const rename = (emails: string[]) => {
  const users = [...aws.cognito.users(UserPoolId)];
  emails.forEach((email, index) => users[index]?.attributes.set("email", email));
  return users.map(({ username }) => username);
};

/** Text with a meaning in filters. It is so short that one value is often part of another. */
const hostile = fc
  .array(fc.constantFrom('"', "\\", "#", "\n", "a", "@", " ", "=", "^=", "*", '" or sub ^= "', "名"), { maxLength: 12 })
  .map((parts) => parts.join(""));
const text = fc.oneof(hostile, fc.string({ unit: "binary", maxLength: 100 }));

describe("the filter of ListUsers", () => {
  it("finds only the user with that address, for any address", async () => {
    const emails = fc.uniqueArray(text, { minLength: 3, maxLength: 3, selector: (email) => email.toLowerCase() });
    await fc.assert(
      fc.asyncProperty(emails, async (given) => {
        const names = rename(given);
        for (const [index, email] of given.entries()) {
          expect(await find(userFilter("email", email))).toEqual([names[index]]);
        }
      }),
      { numRuns: 300, examples: [[["\\", '\\"', '"']], [["a", 'a" or email ^= "', "a\n"]]] },
    );
  });

  it("finds no user for an unknown address or sub", async () => {
    rename(["one@example.com", "two@example.com", "three@example.com"]);
    const injected = fc.tuple(fc.constantFrom("one@example.com", ""), hostile).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("email" as const, "sub" as const), injected, async (attribute, value) => {
        fc.pre(value !== "one@example.com");
        expect(await find(userFilter(attribute, value))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is one that Cognito takes, or none, for every value that mfactl lets through", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom('"', "\\", "a", "😀"), maxLength: 128 }), async (value) => {
        const filter = userFilter("email", value);
        if (filter !== undefined) expect(await find(filter)).toEqual([]);
        expect(filter === undefined).toBe(value.replace(/["\\]/g, "ab").length > 246);
      }),
      { numRuns: 100, examples: [['"'.repeat(123)], ['"'.repeat(124)]] },
    );
  });
});
