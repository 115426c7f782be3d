import type { Stack } from "../../local/stack.ts";

/** The environment for explain-alarm on the local stack, which does not include that function. */
export const explainEnvironment = (
  environment: Record<string, string>,
  outputs: Stack["outputs"],
): Record<string, string> => ({
  ...environment,
  ALARM_TOPIC_ARN: outputs.AlarmTopicArn,
  STAGE: "local",
  ALARM_NAME_PREFIX: outputs.AlarmNamePrefix,
  DEAD_LETTER_QUEUE_URLS: [
    outputs.RecordsDlqUrl,
    outputs.DueDlqUrl,
    outputs.TimerDlqUrl,
    outputs.ReconcileDlqUrl,
    outputs.ExplainAlarmDlqUrl,
    outputs.DrillDlqUrl,
  ].join(","),
});
