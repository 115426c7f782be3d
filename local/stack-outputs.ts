import * as v from "valibot";
import { outputName, parametersOfEnvironment, policyParameters } from "../shared/config/policy.ts";
import { names } from "./service-names.ts";

/** A queue's URL and ARN. */
interface Queue {
  url: string;
  arn: string;
}

/** Returns the outputs of infra/outputs.yml with the values of the local stack. */
export const stackOutputs = (
  environment: Record<string, string>,
  queues: {
    records: Queue;
    recordsDlq: Queue;
    due: Queue;
    dueDlq: Queue;
    timerDlq: Queue;
    reconcileDlq: Queue;
    explainAlarmDlq: Queue;
    drillDlq: Queue;
  },
  functionArn: (name: string) => string,
) => {
  const given = parametersOfEnvironment(environment);
  const policy = Object.entries(policyParameters).map(([name, schema]) => [
    outputName(name),
    given[name] ?? v.getDefault(schema),
  ]);
  return {
    CustomMessageFunctionArn: functionArn("custom-message"),
    PostConfirmationFunctionArn: functionArn("post-confirmation"),
    PostAuthenticationFunctionArn: functionArn("post-authentication"),
    UserPoolId: environment["USER_POOL_ID"] ?? "",
    WindowsTableName: environment["WINDOWS_TABLE"] ?? "",
    ScheduleGroupName: environment["SCHEDULE_GROUP"] ?? "",
    TimerRoleArn: environment["TIMER_ROLE_ARN"] ?? "",
    RecordsQueueUrl: queues.records.url,
    RecordsDlqUrl: queues.recordsDlq.url,
    DueQueueUrl: queues.due.url,
    DueDlqUrl: queues.dueDlq.url,
    DueQueueArn: queues.due.arn,
    TimerDlqArn: queues.timerDlq.arn,
    TimerDlqUrl: queues.timerDlq.url,
    ReconcileDlqUrl: queues.reconcileDlq.url,
    RecordsDlqArn: queues.recordsDlq.arn,
    DueDlqArn: queues.dueDlq.arn,
    RecordResetFunctionName: "record-reset",
    ReEnableMfaFunctionName: "re-enable-mfa",
    ReconcileFunctionName: "reconcile",
    DrillFunctionName: "drill",
    DrillEmail: environment["DRILL_EMAIL"] ?? "",
    AlarmNamePrefix: `${names.stack}-`,
    MetricsService: names.stack,
    ExplainAlarmDlqUrl: queues.explainAlarmDlq.url,
    DrillDlqUrl: queues.drillDlq.url,
    ...(Object.fromEntries(policy) as Record<string, string>),
  };
};
