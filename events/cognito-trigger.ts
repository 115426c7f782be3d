import * as v from "valibot";

/**
 * The fields that we read of Cognito's trigger events. The schema is lenient about all others: AWS adds and moves
 * fields, and warns that "stricter input validation can cause your functions to fail".
 * https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const cognitoTrigger = v.looseObject({
  triggerSource: v.string(),
  userPoolId: v.string(),
  userName: v.string(),
  request: v.looseObject({ userAttributes: v.record(v.string(), v.unknown()) }),
});

export type CognitoTrigger = v.InferOutput<typeof cognitoTrigger>;
