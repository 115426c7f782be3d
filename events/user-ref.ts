import * as v from "valibot";

/**
 * How our messages name a user. Patterns:
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html. A `sub` is
 * deliberately not held to the form of a UUID:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
export const userRef = {
  userPoolId: v.pipe(v.string(), v.regex(/^[\w-]{1,55}_[0-9a-zA-Z]{1,55}$/, "must be a user pool id"), v.maxLength(55)),
  sub: v.pipe(v.string(), v.minLength(1), v.maxLength(128), v.regex(/^[^#\s]+$/u, "must have neither # nor spaces")),
};

export const username = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
