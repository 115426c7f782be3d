import { GetScheduleGroupCommand, ResourceNotFoundException } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";
import { plural } from "../terminal/output.ts";
import { type Check, deployAgain, fail, type Finding, notNamed, ok, warn } from "./finding.ts";

/** Whether timers have a place to be. */
export const checkTimers: Check = async ({ scheduler, outputs }) => {
  const Name = outputs["ScheduleGroupName"];
  if (Name === undefined) return [notNamed("timers", "ScheduleGroupName")];
  try {
    const { State } = await scheduler.send(new GetScheduleGroupCommand({ Name }));
    if (State === "ACTIVE") return [ok("timers", `The schedule group ${Name} exists.`)];
    return [fail("timers", `The schedule group ${Name} is being deleted, and all timers with it.`, deployAgain)];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const found = `The schedule group ${Name} does not exist: windows close up to five minutes late, by the reconciler.`;
    return [fail("timers", found, deployAgain)];
  }
};

const deadLetters = {
  RecordsDlqUrl: "Facts that could not be handled. Look at them: mfactl failures. Then mfactl redrive.",
  DueDlqUrl: "Windows still close by the reconciler. Look at them: mfactl failures. Then mfactl redrive.",
  TimerDlqUrl: "What Scheduler could not deliver; the reconciler closes those windows. See the timers' role and queue.",
  ReconcileDlqUrl: "Failed runs of the reconciler; the next run does the same work. See its log.",
  ExplainAlarmDlqUrl: "Alarms that rang without saying whom they are about: mfactl list --overdue does. See its log.",
  DrillDlqUrl:
    "Drills that died, and may have left their user in the pool. Look at them: mfactl failures. See its log.",
};

const many = 100;

/** Whether work gets done, or piles up. */
export const checkQueues: Check = async ({ sqs, outputs }) => {
  const findings: Finding[] = [];
  for (const [output, next] of Object.entries(deadLetters)) {
    findings.push(
      await countIn(sqs, output, outputs[output], (check, count) =>
        count === 0 ? ok(check, "It is empty.") : fail(check, `It holds ${plural(count, "dead letter")}.`, next),
      ),
    );
  }
  for (const output of ["RecordsQueueUrl", "DueQueueUrl"]) {
    findings.push(
      await countIn(sqs, output, outputs[output], (check, count) =>
        count < many
          ? ok(check, `About ${count} messages wait.`)
          : warn(
              check,
              `About ${count} messages wait.`,
              "Normal in a mass reset; else see the log of the function behind it.",
            ),
      ),
    );
  }
  return findings;
};

const countIn = async (
  sqs: SQSClient,
  output: string,
  QueueUrl: string | undefined,
  judge: (check: string, count: number) => Finding,
): Promise<Finding> => {
  if (QueueUrl === undefined) return notNamed("queue", output);
  const check = `queue ${QueueUrl.split("/").at(-1)}`;
  try {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return judge(check, Number(Attributes?.ApproximateNumberOfMessages ?? 0));
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    return fail(check, "It does not exist.", deployAgain);
  }
};
