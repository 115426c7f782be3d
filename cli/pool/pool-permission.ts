import { GetPolicyCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import * as v from "valibot";

const texts = v.union([v.string(), v.array(v.string())]);

const policy = v.object({
  Statement: v.array(
    v.looseObject({
      Effect: v.string(),
      Principal: v.optional(v.union([v.string(), v.looseObject({ Service: v.optional(texts) })])),
      Action: v.optional(texts),
      Condition: v.optional(v.record(v.string(), v.record(v.string(), texts))),
    }),
  ),
});

type Statement = v.InferOutput<typeof policy>["Statement"][number];

const cognito = "cognito-idp.amazonaws.com";

/**
 * Whether the function's policy lets Cognito invoke it on behalf of the pool. A trigger without that permission breaks sign-in
 * for every user. Throws Lambda's errors, such as AccessDeniedException.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const poolMayInvoke = async (lambda: LambdaClient, FunctionName: string, poolArn: string): Promise<boolean> => {
  try {
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName }));
    const parsed = v.parse(v.pipe(v.string(), v.parseJson(), policy), Policy);
    return parsed.Statement.some((statement) => permits(statement, poolArn));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

const listed = (value: string | string[] | undefined): string[] => [value ?? []].flat();

const permits = ({ Effect, Principal, Action, Condition }: Statement, poolArn: string): boolean => {
  const services = typeof Principal === "string" ? [Principal] : listed(Principal?.Service);
  if (Effect !== "Allow" || !services.includes(cognito)) return false;
  if (!listed(Action).some((action) => ["lambda:InvokeFunction", "lambda:*"].includes(action))) return false;
  return Object.entries(Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => meets(operator, key, listed(values), poolArn)),
  );
};

/** A condition on anything other than the pool or its account counts as not met. */
const meets = (operator: string, key: string, values: string[], poolArn: string): boolean => {
  const actual = { "aws:sourcearn": poolArn, "aws:sourceaccount": poolArn.split(":")[4] }[key.toLowerCase()];
  if (actual === undefined) return false;
  if (/^(String|Arn)Equals$/.test(operator)) return values.includes(actual);
  return /^(String|Arn)Like$/.test(operator) && values.some((pattern) => like(pattern).test(actual));
};

const like = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  );
