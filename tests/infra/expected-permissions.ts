const consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const changeWindows = ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];

const pool = "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/eu-west-1_Example00";
const timers = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*";

const on = (resource: string, ...actions: string[]): string[] => actions.map((action) => `${action} on ${resource}`);
const logTo = (group: string): string[] => on(`${group}.Arn`, "logs:CreateLogStream", "logs:PutLogEvents");

/** Resources with a wildcard, and why AWS allows none narrower. */
export const wildcards: Record<string, string> = {
  [timers]: "every timer has a name of its own; the group is this stack's",
};

/** Everything that each role may do, and nothing besides. */
export const permissions: Record<string, string[]> = {
  CustomMessageRole: [...logTo("CustomDashmessageLogGroup"), ...on("RecordsQueue.Arn", "sqs:SendMessage")],
  PostConfirmationRole: [...logTo("PostDashconfirmationLogGroup"), ...on("RecordsQueue.Arn", "sqs:SendMessage")],
  PostAuthenticationRole: [
    ...logTo("PostDashauthenticationLogGroup"),
    ...on("RecordsQueue.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", "dynamodb:Query"),
  ],
  RecordResetRole: [
    ...logTo("RecordDashresetLogGroup"),
    ...on("RecordsQueue.Arn", ...consume),
    ...on("DueQueue.Arn", "sqs:SendMessage"),
    ...on("RecordsDlq.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", ...changeWindows),
    ...on(pool, "cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser"),
    ...on(timers, "scheduler:CreateSchedule"),
    ...on("TimerRole.Arn", "iam:PassRole"),
  ],
  ReEnableMfaRole: [
    ...logTo("ReDashenableDashmfaLogGroup"),
    ...on("DueQueue.Arn", ...consume, "sqs:SendMessage"),
    ...on("DueDlq.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", ...changeWindows),
    ...on(pool, "cognito-idp:AdminGetUser", "cognito-idp:AdminSetUserMFAPreference"),
  ],
  ReconcileRole: [
    ...logTo("ReconcileLogGroup"),
    ...on("${WindowsTable.Arn}/index/due", "dynamodb:Query"),
    ...on("DueQueue.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes"),
    ...on("ReconcileDlq.Arn", "sqs:SendMessage"),
  ],
  TimerRole: [...on("DueQueue.Arn", "sqs:SendMessage"), ...on("TimerDlq.Arn", "sqs:SendMessage")],
};
