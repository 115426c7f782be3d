/** A user of a pool, by what never changes: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
export interface UserKey {
  userPoolId: string;
  sub: string;
}
