import type { Stack } from "./stack.ts";

/** What to type next, in another terminal, with the AWS CLI. */
export const nextSteps = ({ aws, userPoolId, clientId }: Pick<Stack, "aws" | "userPoolId" | "clientId">): string => `
It stays up until Ctrl+C, its clock running. The mails are at ${aws.url}/_local/mails. With the AWS CLI, in another terminal:

  export AWS_ENDPOINT_URL=${aws.url} AWS_DEFAULT_REGION=${aws.region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=local
  POOL=${userPoolId} CLIENT=${clientId} NAME=hanako@example.com

  aws cognito-idp admin-set-user-mfa-preference --user-pool-id $POOL --username $NAME \\
      --email-mfa-settings Enabled=false,PreferredMfa=false
  aws cognito-idp forgot-password --client-id $CLIENT --username $NAME
  aws scheduler list-schedules
  npm run clock -- +1d${new URL(aws.url).port === "4566" ? "" : ` --port ${new URL(aws.url).port}`}
  aws cognito-idp admin-get-user --user-pool-id $POOL --username $NAME
`;
