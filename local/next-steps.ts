import type { Stack } from "./stack.ts";

/** What to type next, in another terminal. */
export const nextSteps = ({ aws, userPoolId, clientId }: Pick<Stack, "aws" | "userPoolId" | "clientId">): string => {
  const { port } = new URL(aws.url);
  const local = port === "4566" ? "--local" : `--local=${port}`;
  const clockPort = port === "4566" ? "" : ` --port ${port}`;
  return `
It stays up until Ctrl+C, its clock running. Windows, mails and the clock are at ${aws.url}

In another terminal, with the operator's tool:

  npx mfactl ${local} open hanako@example.com --reason "cannot sign in"
  npx mfactl ${local} list
  npx mfactl ${local} show hanako@example.com

or with the AWS CLI:

  export AWS_ENDPOINT_URL=${aws.url} AWS_DEFAULT_REGION=${aws.region} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=local
  POOL=${userPoolId} CLIENT=${clientId} NAME=hanako@example.com

  aws cognito-idp admin-set-user-mfa-preference --user-pool-id $POOL --username $NAME \\
      --email-mfa-settings Enabled=false,PreferredMfa=false
  aws cognito-idp forgot-password --client-id $CLIENT --username $NAME
  aws scheduler list-schedules
  npm run clock -- +1d${clockPort}
  aws cognito-idp admin-get-user --user-pool-id $POOL --username $NAME
`;
};
