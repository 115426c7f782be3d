import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { policyFromEnvironment } from "../../shared/config/policy.ts";
import { parseSettings, required } from "../../shared/config/settings.ts";
import { drillLedger, newDrillUsers } from "../../shared/drill/new-drill-user.ts";
import { randomPassword } from "../../shared/drill/random-password.ts";
import { standingDrillUser } from "../../shared/drill/standing-drill-user.ts";
import { lifecycleSettings, wireLifecycle } from "../../shared/lifecycle/wiring.ts";
import type { Surroundings } from "../../shared/runtime/surroundings.ts";
import { inWorkerWith, workerDocuments } from "../../shared/runtime/wiring.ts";
import { createDrill } from "./drill.ts";

const settingsSchema = v.object({
  ...lifecycleSettings,
  DRILL: v.optional(v.picklist(["true", "false"], "must be true or false"), "true"),
  DRILL_EMAIL: required,
  /** The username of a standing user, or empty. */
  DRILL_USER: v.optional(v.string(), ""),
});

export const wire = (surroundings: Surroundings) => {
  const { environment, clock, newId, telemetry } = surroundings;
  const settings = parseSettings(settingsSchema, environment);
  const policy = policyFromEnvironment(environment);
  const options = inWorkerWith(surroundings);
  const cognito = new CognitoIdentityProviderClient(options);
  const scheduler = new SchedulerClient(options);
  const sqs = new SQSClient(options);
  const documents = workerDocuments(surroundings);
  const userPoolId = settings.USER_POOL_ID;
  return createDrill({
    isWanted: settings.DRILL === "true",
    ...wireLifecycle({ documents, cognito, scheduler, sqs }, settings, clock),
    drillUsers:
      settings.DRILL_USER === ""
        ? newDrillUsers({
            cognito,
            ledger: drillLedger(documents, settings.WINDOWS_TABLE, userPoolId),
            userPoolId,
            email: settings.DRILL_EMAIL,
            scope: policy.scope,
            clock,
            newId,
            newPassword: randomPassword,
          })
        : standingDrillUser({ cognito, userPoolId, username: settings.DRILL_USER }),
    clock,
    newId,
    policy,
    telemetry,
  });
};
