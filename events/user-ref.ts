import * as v from "valibot";

/**
 * A name that a user of Cognito can have: letters, marks, symbols, numbers and punctuation. The pattern counts
 * characters, not UTF-16 units. AWS does not say which one it counts, and the service must accept every user who
 * exists.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminGetUser.html
 */
export const username = v.pipe(
  v.string(),
  v.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u, "must be a name that a user of Cognito can have"),
);

/**
 * How our messages name a user. A `sub` can take the place of a username, so its form is deliberately not checked to be
 * a UUID:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
export const userRef = {
  userPoolId: v.pipe(v.string(), v.regex(/^[\w-]{1,55}_[0-9a-zA-Z]{1,55}$/, "must be a user pool id"), v.maxLength(55)),
  sub: v.pipe(username, v.regex(/^[^#]+$/, "must have no #")),
};
