import type { Variant } from "./variants.ts";

const consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const readWindows = ["dynamodb:GetItem", "dynamodb:Query"];
const changeWindows = [...readWindows, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"];

const timers = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*";
const stack = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}/*";
const alarms = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*";

const on = (resource: string, ...actions: string[]): string[] => actions.map((action) => `${action} on ${resource}`);
const logTo = (group: string): string[] => on(`${group}.Arn`, "logs:CreateLogStream", "logs:PutLogEvents");

/** Resources with a wildcard, and why AWS allows none narrower. */
export const wildcards: Record<string, string> = {
  [timers]: "every timer has a name of its own; the group is this stack's",
  [stack]: "the ARN of a stack ends with an id that nobody knows who asks for it by name",
  "*": "GetMetricStatistics and GetSubscriptionAttributes take no resource: there are no ARNs for metrics, and none for IAM of subscriptions",
  [alarms]: "DescribeAlarms with a prefix is a question about all alarms of the account and the Region",
};

const triggers = ["CustomDashmessage", "PostDashconfirmation", "PostDashauthentication"];
const others = ["RecordDashreset", "ReDashenableDashmfa", "Reconcile", "Drill"];
const deadLetterQueues = ["RecordsDlq", "DueDlq", "TimerDlq", "ReconcileDlq", "ExplainAlarmDlq", "DrillDlq"];

const rememberRecords = on("WindowsTable.Arn", "dynamodb:PutItem").map((grant) => `${grant} of failed-records#*`);

const setTimers = [...on(timers, "scheduler:CreateSchedule"), ...on("TimerRole.Arn", "iam:PassRole")];

/** All permissions of each role, and all principals with a managed policy. */
export const permissions = ({ pool, topic }: Variant): Record<string, string[]> => ({
  CustomMessageRole: [
    ...logTo("CustomDashmessageLogGroup"),
    ...on("RecordsQueue.Arn", "sqs:SendMessage"),
    ...rememberRecords,
  ],
  PostConfirmationRole: [
    ...logTo("PostDashconfirmationLogGroup"),
    ...on("RecordsQueue.Arn", "sqs:SendMessage"),
    ...rememberRecords,
  ],
  PostAuthenticationRole: [
    ...logTo("PostDashauthenticationLogGroup"),
    ...on("RecordsQueue.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", "dynamodb:GetItem"),
    ...rememberRecords,
  ],
  RecordResetRole: [
    ...logTo("RecordDashresetLogGroup"),
    ...on("RecordsQueue.Arn", ...consume),
    ...on("DueQueue.Arn", "sqs:SendMessage"),
    ...on("RecordsDlq.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", ...changeWindows),
    ...on(pool, "cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser", "cognito-idp:GetUserPoolMfaConfig"),
    ...setTimers,
    ...on(timers, "scheduler:DeleteSchedule"),
  ],
  ReEnableMfaRole: [
    ...logTo("ReDashenableDashmfaLogGroup"),
    ...on("DueQueue.Arn", ...consume, "sqs:SendMessage"),
    ...on("DueDlq.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", ...changeWindows),
    ...on(pool, "cognito-idp:AdminGetUser", "cognito-idp:AdminSetUserMFAPreference"),
    ...on(pool, "cognito-idp:GetUserPoolMfaConfig"),
  ],
  ReconcileRole: [
    ...logTo("ReconcileLogGroup"),
    ...on("${WindowsTable.Arn}/index/due", "dynamodb:Query", "dynamodb:Scan"),
    ...["reconciler#${Pool}", "pools#all"].flatMap((partition) =>
      on(`WindowsTable.Arn of ${partition}`, "dynamodb:Query", "dynamodb:PutItem"),
    ),
    "dynamodb:Query on WindowsTable.Arn of failed-records#${Pool}",
    "dynamodb:Query on WindowsTable.Arn of accepted#${Pool}",
    ...on("DueQueue.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes"),
    ...on("RecordsQueue.Arn", "sqs:SendMessage", "sqs:GetQueueAttributes"),
    ...deadLetterQueues.flatMap((name) => on(`${name}.Arn`, "sqs:GetQueueAttributes")),
    ...on("ReconcileDlq.Arn", "sqs:SendMessage"),
  ],
  ExplainAlarmRole: [
    ...logTo("ExplainDashalarmLogGroup"),
    ...on("WindowsTable.Arn", ...readWindows),
    ...on("${WindowsTable.Arn}/index/due", "dynamodb:Query"),
    ...on("ExplainAlarmDlq.Arn", "sqs:SendMessage"),
    ...deadLetterQueues.flatMap((name) => on(`${name}.Arn`, "sqs:GetQueueAttributes")),
    ...on(alarms, "cloudwatch:DescribeAlarms"),
    ...on(topic, "sns:Publish"),
  ],
  DrillRole: [
    ...logTo("DrillLogGroup"),
    ...on("DueQueue.Arn", "sqs:SendMessage"),
    ...on("DrillDlq.Arn", "sqs:SendMessage"),
    ...on("WindowsTable.Arn", ...changeWindows),
    ...on(pool, "cognito-idp:DescribeUserPool", "cognito-idp:AdminCreateUser", "cognito-idp:AdminSetUserPassword"),
    ...on(pool, "cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminDeleteUser", "cognito-idp:AdminGetUser"),
    ...on(pool, "cognito-idp:AdminListGroupsForUser", "cognito-idp:AdminSetUserMFAPreference"),
    ...on(pool, "cognito-idp:GetUserPoolMfaConfig"),
    ...setTimers,
  ],
  ...(topic === "AlarmTopic" && {
    ExplainAlarmKeyPolicy: on("AlarmTopicKey.Arn", "kms:Decrypt", "kms:GenerateDataKey"),
  }),
  TimerRole: [...on("DueQueue.Arn", "sqs:SendMessage"), ...on("TimerDlq.Arn", "sqs:SendMessage")],
  HelpDeskPolicy: [
    ...on(stack, "cloudformation:DescribeStacks"),
    ...on("WindowsTable.Arn", ...changeWindows, "dynamodb:BatchGetItem").map((grant) => `${grant} of \${Pool}#*`),
    ...on("${WindowsTable.Arn}/index/due", "dynamodb:Query"),
    ...on(pool, "cognito-idp:AdminGetUser", "cognito-idp:AdminListGroupsForUser", "cognito-idp:DescribeUserPool"),
    ...on(pool, "cognito-idp:AdminSetUserMFAPreference", "cognito-idp:GetUserPoolMfaConfig", "cognito-idp:ListUsers"),
    ...setTimers,
    ...on("DueQueue.Arn", "sqs:SendMessage"),
    ...logTo("AuditLogGroup"),
  ],
  AdministratorPolicy: [
    ...on("WindowsTable.Arn", "dynamodb:Scan"),
    "dynamodb:PutItem on WindowsTable.Arn of accepted#${Pool}",
    "dynamodb:Query on WindowsTable.Arn of pools#all",
    ...on("WindowsTable.Arn of drill#${Pool}", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem"),
    ...on(pool, "cognito-idp:UpdateUserPool", "cognito-idp:SetUserPoolMfaConfig"),
    ...on(pool, "cognito-idp:GetGroup", "cognito-idp:AdminSetUserPassword", "cognito-idp:AdminAddUserToGroup"),
    ...on(pool, "cognito-idp:TagResource", "cognito-idp:UntagResource"),
    ...on(pool, "cognito-idp:AdminCreateUser", "cognito-idp:AdminDeleteUser"),
    ...[...triggers, ...others].flatMap((name) => on(`${name}LambdaFunction.Arn`, "lambda:GetFunctionConfiguration")),
    ...triggers.flatMap((name) => on(`${name}LambdaFunction.Arn`, "lambda:GetPolicy")),
    ...["RecordsQueue", "DueQueue"].flatMap((name) => on(`${name}.Arn`, "sqs:GetQueueAttributes")),
    ...deadLetterQueues.flatMap((name) =>
      on(`${name}.Arn`, "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"),
    ),
    ...["RecordsDlq", "DueDlq"].flatMap((name) =>
      on(`${name}.Arn`, "sqs:DeleteMessage", "sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks"),
    ),
    ...on("RecordsQueue.Arn", "sqs:SendMessage"),
    ...on(alarms, "cloudwatch:DescribeAlarms"),
    ...on("*", "cloudwatch:GetMetricStatistics", "sns:GetSubscriptionAttributes"),
    ...on(topic, "sns:ListSubscriptionsByTopic"),
    ...on("ScheduleGroup.Arn", "scheduler:GetScheduleGroup"),
  ],
});
