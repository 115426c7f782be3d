import * as v from "valibot";
import { outputName, policyParameters } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";

const schema = v.objectWithRest(
  {
    UserPoolId: required,
    WindowsTableName: required,
    ScheduleGroupName: required,
    TimerRoleArn: required,
    TimerDlqArn: required,
    TimerDlqUrl: required,
    RecordsQueueUrl: required,
    RecordsDlqUrl: required,
    DueQueueUrl: required,
    DueQueueArn: required,
    DueDlqUrl: required,
    ReconcileDlqUrl: required,
    ExplainAlarmDlqUrl: required,
    DrillDlqUrl: required,
    ...Object.fromEntries(Object.keys(policyParameters).map((name) => [outputName(name), required])),
  },
  v.string(),
);

/** The outputs of infra/outputs.yml. mfactl finds every resource through them. */
export type StackOutputs = v.InferOutput<typeof schema>;

/** Throws a SettingsError that names every missing output. */
export const parseStackOutputs = (outputs: Record<string, unknown>): StackOutputs => parseSettings(schema, outputs);
