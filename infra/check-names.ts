/** The maximum length of names and descriptions, by type of resource and property. */
export const limits: Record<string, Record<string, number>> = {
  // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
  "AWS::Lambda::Function": { FunctionName: 64, Description: 256 },
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
  "AWS::SQS::Queue": { QueueName: 80 },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  "AWS::CloudWatch::Alarm": { AlarmName: 255, AlarmDescription: 1024 },
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
  "AWS::CloudWatch::Dashboard": { DashboardName: 255 },
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
  "AWS::Logs::QueryDefinition": { Name: 255 },
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  "AWS::Logs::LogGroup": { LogGroupName: 512 },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  "AWS::IAM::Role": { RoleName: 64, Description: 1000 },
  "AWS::IAM::RolePolicy": { PolicyName: 128 },
  "AWS::IAM::ManagedPolicy": { ManagedPolicyName: 128, Description: 1000 },
  // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  "AWS::SNS::Topic": { TopicName: 256, DisplayName: 100 },
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  "AWS::KMS::Key": { Description: 8192 },
  "AWS::KMS::Alias": { AliasName: 256 },
  // https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html
  "AWS::Scheduler::ScheduleGroup": { Name: 64 },
  "AWS::Events::Rule": { Name: 64 },
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
  "AWS::DynamoDB::Table": { TableName: 255 },
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
  "AWS::Cognito::UserPool": { UserPoolName: 128 },
  "AWS::Cognito::UserPoolClient": { ClientName: 128 },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
  "AWS::CloudFormation::Stack": { StackName: 128 },
};

/** A resource from serverless.yml with its variables resolved. */
export interface NamedResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

interface TooLong {
  type: string;
  property: string;
  value: string;
  limit: number;
}

/** Takes all resources of the stack. Returns the values that are too long for AWS, the worst first. */
const valuesTooLong = (resources: NamedResource[]): TooLong[] =>
  resources
    .flatMap(({ Type: type, Properties = {} }) =>
      Object.entries(limits[type] ?? {}).map(([property, limit]) => ({
        type,
        property,
        value: Properties[property],
        limit,
      })),
    )
    .filter((named): named is TooLong => typeof named.value === "string" && named.value.length > named.limit)
    .sort((one, other) => other.value.length - other.limit - (one.value.length - one.limit));

/** Every name contains the stage, so a long stage makes names that AWS refuses. Returns one sentence about the worst name, or none. */
export const faultsOfNames = (stage: string, resources: NamedResource[]): string[] => {
  const [worst] = valuesTooLong(resources);
  if (worst === undefined) return [];
  const { type, property, value, limit } = worst;
  const longest = stage.length - (value.length - limit);
  return [
    `--stage: the stage "${stage}" has ${stage.length} characters, but at most ${longest} fit: the ${property} "${value}" of an ${type} would have ${value.length}, and AWS allows ${limit}.`,
  ];
};
