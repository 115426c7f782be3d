/**
 * A user of a pool, by attributes that never change:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
export interface UserKey {
  userPoolId: string;
  sub: string;
}
