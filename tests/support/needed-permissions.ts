import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { names } from "../../local/service-names.ts";
import type { Variant } from "../infra/template/variants.ts";

/** The template's names for the resources of the local stack. */
const queues: Record<string, string> = {
  [names.recordsQueue]: "RecordsQueue.Arn",
  [names.recordsDlq]: "RecordsDlq.Arn",
  [names.dueQueue]: "DueQueue.Arn",
  [names.dueDlq]: "DueDlq.Arn",
  [names.timerDlq]: "TimerDlq.Arn",
  [names.reconcileDlq]: "ReconcileDlq.Arn",
  [names.explainAlarmDlq]: "ExplainAlarmDlq.Arn",
  [names.drillDlq]: "DrillDlq.Arn",
};

const text = ({ input }: Call, member: string): string => {
  const value = input[member];
  return typeof value === "string" ? value : "";
};

const queueAt = (call: Call, member: string): string | undefined =>
  queues[text(call, member).split(/[/:]/).at(-1) ?? ""];

/**
 * The permissions to read a dead-letter queue while its messages are moved:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
 */
const emptying = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];

const ofQueue = (call: Call): string[] | undefined => {
  const { operation } = call;
  const queue = queueAt(call, "QueueUrl");
  // A batch needs the permission of the single operation.
  if (queue !== undefined) return [`sqs:${operation.replace(/Batch$/, "")} on ${queue}`];
  const source = queueAt(call, "SourceArn");
  if (source === undefined) return undefined;
  const target = queueAt(call, "DestinationArn");
  return [
    ...[operation, ...emptying].map((action) => `sqs:${action} on ${source}`),
    ...(target === undefined ? [] : [`sqs:SendMessage on ${target}`]),
  ];
};

const ofTable = (call: Call): string[] | undefined => {
  const { operation, input } = call;
  const tables = Object.keys(input["RequestItems"] ?? { [text(call, "TableName")]: {} });
  if (tables.join() !== names.windowsTable) return undefined;
  const index = text(call, "IndexName");
  if (index !== "") return [`dynamodb:${operation} on \${WindowsTable.Arn}/index/${index}`];
  const needed = `dynamodb:${operation} on WindowsTable.Arn`;
  const partitions = partitionsOf(input);
  return partitions.length === 0 ? [needed] : partitions.map((partition) => `${needed} of ${partition}`);
};

interface Keyed {
  user?: { S?: string };
}

/**
 * Returns the partitions of a call as in the template: those of the pool's users, or a ledger's. A scan has none.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
const partitionsOf = (input: Call["input"]): string[] => {
  const { Item, Key, RequestItems, ExpressionAttributeValues, KeyConditionExpression } = input as {
    Item?: Keyed;
    Key?: Keyed;
    RequestItems?: Record<string, { Keys: Keyed[] }>;
    ExpressionAttributeValues?: Record<string, { S?: string }>;
    KeyConditionExpression?: string;
  };
  const asked = KeyConditionExpression === undefined ? [] : [{ user: ExpressionAttributeValues?.[":user"] ?? {} }];
  const keys = [Item, Key, ...Object.values(RequestItems ?? {}).flatMap(({ Keys }) => Keys), ...asked];
  const users = keys.flatMap((key) => (key === undefined ? [] : [key.user?.S ?? "unknown"]));
  return [
    ...new Set(users.map((user) => user.replace(/^[\w-]+_\w+#.*/, "${Pool}#user").replace(/#[\w-]+_\w+$/, "#${Pool}"))),
  ];
};

/** Permissions that only an operator's tool needs. */
const ofOperator = (call: Call, topic: string): string[] | undefined => {
  switch (`${call.service} ${call.operation}`) {
    // AWS allows this call to everyone.
    case "sts GetCallerIdentity":
      return [];
    case "cloudformation DescribeStacks":
      return [`cloudformation:DescribeStacks on ${stack}`];
    case "logs CreateLogStream":
    case "logs PutLogEvents":
      return [`logs:${call.operation} on AuditLogGroup.Arn`];
    case "cloudwatch DescribeAlarms":
      return [`cloudwatch:DescribeAlarms on ${alarms}`];
    case "cloudwatch GetMetricStatistics":
      return ["cloudwatch:GetMetricStatistics on *"];
    case "sns GetSubscriptionAttributes":
      return ["sns:GetSubscriptionAttributes on *"];
    case "sns ListSubscriptionsByTopic":
      return [`sns:ListSubscriptionsByTopic on ${topic}`];
    case "Scheduler GetScheduleGroup":
      return ["scheduler:GetScheduleGroup on ScheduleGroup.Arn"];
    case "Lambda GetPolicy":
    case "Lambda GetFunctionConfiguration":
      return [`lambda:${call.operation} on ${functionOf(call)}LambdaFunction.Arn`];
    default:
      return undefined;
  }
};

/** Returns Serverless's logical id for a name: `re-enable-mfa` becomes `ReDashenableDashmfa`. */
const functionOf = (call: Call): string =>
  (text(call, "FunctionName").split(":").at(-1) ?? "")
    .replaceAll("-", "Dash")
    .replace(/^./, (first) => first.toUpperCase());

/**
 * Returns the permissions that AWS requires for this call, as "action on resource" with the names of the template.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html. Throws for a call that it does not
 * know.
 */
export const permissionsFor = (call: Call, { pool, topic }: Pick<Variant, "pool" | "topic">): string[] => {
  const { service, operation } = call;
  if (service === "cognito-idp" && text(call, "UserPoolId") !== "") return [`cognito-idp:${operation} on ${pool}`];
  const permissions =
    service === "DynamoDB" ? ofTable(call) : service === "SQS" ? ofQueue(call) : ofOperator(call, topic);
  if (permissions !== undefined) return permissions;
  if (service === "Scheduler" && operation === "DeleteSchedule") return [`scheduler:DeleteSchedule on ${timers}`];
  if (service === "Scheduler" && operation === "CreateSchedule" && text(call, "GroupName") === names.scheduleGroup) {
    return [`scheduler:CreateSchedule on ${timers}`, "iam:PassRole on TimerRole.Arn"];
  }
  if (service === "sns" && operation === "Publish" && text(call, "TopicArn").endsWith(`:${names.stack}-alarms`)) {
    // Publishers need the key of the topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const key = ["kms:Decrypt on AlarmTopicKey.Arn", "kms:GenerateDataKey on AlarmTopicKey.Arn"];
    return [`sns:Publish on ${topic}`, ...(topic === "AlarmTopic" ? key : [])];
  }
  throw new Error(`Nobody knows which permission ${service} ${operation} needs.`);
};

const stack = "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}/*";
const alarms = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*";
const timers = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*";

/** Permissions that no call of the project's code needs, and who needs them. */
export const neededByAws: { pattern: RegExp; why: string; roles?: string[] }[] = [
  { pattern: /^logs:(CreateLogStream|PutLogEvents) /, why: "Lambda writes the function's logs with its role" },
  {
    pattern: /^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) on (Records|Due)Queue\.Arn$/,
    why: "the event source mapping polls with the function's role",
    roles: ["RecordResetRole", "ReEnableMfaRole"],
  },
  {
    pattern: /^sqs:SendMessage on (Reconcile|ExplainAlarm|Drill)Dlq\.Arn$/,
    why: "Lambda sends failed events to their destination with the function's role",
    roles: ["ReconcileRole", "ExplainAlarmRole", "DrillRole"],
  },
];
