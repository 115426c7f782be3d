import { GetScheduleGroupCommand, ResourceNotFoundException } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from "@aws-sdk/client-sqs";
import { plural } from "../terminal/output.ts";
import { type Check, deployAgain, fail, type Finding, notNamed, ok, warn } from "./finding.ts";

/** Checks that the schedule group of the timers exists. */
export const checkTimers: Check = async ({ scheduler, outputs }) => {
  const Name = outputs["ScheduleGroupName"];
  if (Name === undefined) return [notNamed("timers", "ScheduleGroupName")];
  try {
    const { State } = await scheduler.send(new GetScheduleGroupCommand({ Name }));
    if (State === "ACTIVE") return [ok("timers", `The schedule group ${Name} exists.`)];
    return [fail("timers", `The schedule group ${Name} is being deleted with all its timers.`, deployAgain)];
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const found = `The schedule group ${Name} does not exist. Only the reconciler closes windows, up to five minutes late.`;
    return [fail("timers", found, deployAgain)];
  }
};

const deadLetters = {
  RecordsDlqUrl: "The service could not handle these facts. Read them with mfactl failures, then run mfactl redrive.",
  DueDlqUrl: "The reconciler still closes these windows. Read them with mfactl failures, then run mfactl redrive.",
  TimerDlqUrl:
    "Scheduler could not deliver these timers. The reconciler closes their windows. Check the timers' role and queue.",
  ReconcileDlqUrl: "These runs of the reconciler failed. The next run does the same work. Check the reconciler's log.",
  ExplainAlarmDlqUrl:
    "These alarms fired without an explanation. mfactl list --overdue shows the users. Check the log of explain-alarm.",
  DrillDlqUrl:
    "These drills died and may have left their user in the pool. Read them with mfactl failures. Check the drill's log.",
};

const many = 100;

/** Checks that the dead-letter queues are empty and that no work piles up in the other queues. */
export const checkQueues: Check = async ({ sqs, outputs }) => {
  const findings: Finding[] = [];
  for (const [output, next] of Object.entries(deadLetters)) {
    findings.push(
      await countIn(sqs, output, outputs[output], (check, count) =>
        count === 0 ? ok(check, "It is empty.") : fail(check, `It contains ${plural(count, "dead letter")}.`, next),
      ),
    );
  }
  for (const output of ["RecordsQueueUrl", "DueQueueUrl"]) {
    findings.push(
      await countIn(sqs, output, outputs[output], (check, count) =>
        count < many
          ? ok(check, `About ${plural(count, "message")} waiting.`)
          : warn(
              check,
              `About ${plural(count, "message")} waiting.`,
              "This is normal in a mass reset. Otherwise check the log of the function that reads the queue.",
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
