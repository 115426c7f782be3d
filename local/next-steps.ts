import { formatDuration } from "../shared/config/duration.ts";
import type { Stack } from "./stack.ts";

/** Returns the commands to try next, in another terminal. `machineNow` is the time of the machine's own clock. */
export const nextSteps = (
  { aws, userPoolId, clientId }: Pick<Stack, "aws" | "userPoolId" | "clientId">,
  machineNow: Date,
): string => {
  const { port } = new URL(aws.url);
  const local = port === "4566" ? "--local" : `--local=${port}`;
  const clockPort = port === "4566" ? "" : ` --port ${port}`;
  return `
The stack runs until you press Ctrl+C. Windows, mails and the clock are at ${aws.url}

${aboutClock(aws.clock.now(), machineNow)}

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

const aboutClock = (localNow: Date, machineNow: Date): string => {
  const ahead = localNow.getTime() - machineNow.getTime();
  const distance = `${formatDuration(ahead)} ${ahead < 0 ? "behind" : "ahead of"} this machine's`;
  return `Its clock is running. It shows ${localNow.toISOString().slice(0, 19)}Z, ${distance}. All times are on that clock:
those you pass (--schedule-expression, --start-time) and those you get (due times, tokens, mails).`;
};
