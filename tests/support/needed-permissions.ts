import { names } from "../../local/service-names.ts";
import type { Call } from "../../local/aws/service.ts";

/** What the packaged template calls the resources that the local stack knows by these names. */
const queues: Record<string, string> = {
  [names.recordsQueue]: "RecordsQueue.Arn",
  [names.recordsDlq]: "RecordsDlq.Arn",
  [names.dueQueue]: "DueQueue.Arn",
  [names.dueDlq]: "DueDlq.Arn",
  [names.timerDlq]: "TimerDlq.Arn",
};

const text = ({ input }: Call, member: string): string => {
  const value = input[member];
  return typeof value === "string" ? value : "";
};

/**
 * The permissions that AWS asks for on this call, as "action on resource" in the words of the template.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html. Throws for a call that it does not know.
 */
export const permissionsFor = (call: Call, { pool, topic }: { pool: string; topic: string }): string[] => {
  const { service, operation } = call;
  if (service === "cognito-idp" && /^(Admin|DescribeUserPool$)/.test(operation)) {
    return [`cognito-idp:${operation} on ${pool}`];
  }
  if (service === "DynamoDB" && text(call, "TableName") === names.windowsTable) {
    const index = text(call, "IndexName");
    const table = index === "" ? "WindowsTable.Arn" : `\${WindowsTable.Arn}/index/${index}`;
    return [`dynamodb:${operation} on ${table}`];
  }
  if (service === "SQS") {
    const queue = queues[text(call, "QueueUrl").split("/").at(-1) ?? ""];
    // A batch needs the permission of the single operation.
    if (queue !== undefined) return [`sqs:${operation.replace(/Batch$/, "")} on ${queue}`];
  }
  if (service === "Scheduler" && operation === "DeleteSchedule") return [`scheduler:DeleteSchedule on ${timers}`];
  if (service === "Scheduler" && operation === "CreateSchedule" && text(call, "GroupName") === names.scheduleGroup) {
    return [`scheduler:CreateSchedule on ${timers}`, "iam:PassRole on TimerRole.Arn"];
  }
  if (service === "sns" && operation === "Publish" && text(call, "TopicArn").endsWith(`:${names.stack}-alarms`)) {
    // Whoever publishes needs the key of the topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const key = ["kms:Decrypt on AlarmTopicKey.Arn", "kms:GenerateDataKey on AlarmTopicKey.Arn"];
    return [`sns:Publish on ${topic}`, ...(topic === "AlarmTopic" ? key : [])];
  }
  throw new Error(`Nobody knows which permission ${service} ${operation} needs.`);
};

const timers = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*";

/** Permissions that no call of our own code needs, and who does. */
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
