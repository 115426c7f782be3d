import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GetUserPoolMfaConfigResponse,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import * as v from "valibot";
import { memberPaths } from "./member-values.ts";

/** Everything that can be read of a pool. */
export interface WholePool {
  pool: UserPoolType;
  mfa: Omit<GetUserPoolMfaConfigResponse, "$metadata">;
  /** Paths of members in Cognito's response that this version's SDK does not know and cannot write back. */
  unknown: string[];
}

/** Throws Cognito's errors, such as ResourceNotFoundException for a pool that does not exist. */
export const readWholePool = async (cognito: CognitoIdentityProviderClient, UserPoolId: string): Promise<WholePool> => {
  const command = new DescribeUserPoolCommand({ UserPoolId });
  let answered: unknown;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      answered = await readAnswer(result.response);
      return result;
    },
    { step: "deserialize", priority: "low", name: "keepAnswer" },
  );
  const { UserPool } = await cognito.send(command);
  if (UserPool === undefined) throw new Error("Cognito answered without the pool.");
  const { $metadata: _, ...mfa } = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId }));
  const known = new Set(memberPaths(UserPool));
  const unknown = [...new Set(memberPaths(v.parse(describeUserPoolAnswer, answered).UserPool))];
  return { pool: UserPool, mfa, unknown: unknown.filter((path) => !known.has(path)) };
};

const describeUserPoolAnswer = v.looseObject({ UserPool: v.looseObject({}) });

const stream = v.custom<AsyncIterable<Uint8Array>>(
  (body) => typeof body === "object" && body !== null && Symbol.asyncIterator in body,
);

/** Reads the body of an HTTP response and puts it back for the SDK. Returns undefined if the body is not JSON. */
const readAnswer = async (response: unknown): Promise<unknown> => {
  if (typeof response !== "object" || response === null || !("body" in response)) return undefined;
  if (v.is(stream, response.body)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    response.body = Buffer.concat(chunks);
  }
  if (!(response.body instanceof Uint8Array)) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson()), new TextDecoder().decode(response.body));
  return parsed.success ? parsed.output : undefined;
};
