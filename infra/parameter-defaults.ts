import * as v from "valibot";
import { policyParameters } from "../shared/config/policy.ts";
import { simulatorAddress } from "../shared/drill/drill-user.ts";

/**
 * Every parameter of a deployment and its default. Empty text is a parameter that has none. The packaging plugin checks what is
 * given; the parameters of the policy are checked again when a function starts.
 */
export const parameterDefaults: Record<string, string | number> = {
  ...Object.fromEntries(Object.entries(policyParameters).map(([name, schema]) => [name, v.getDefault(schema)])),
  alarmEmail: "",
  alarmTopicArn: "",
  // false: no drills.
  drill: "true",
  // The username of a standing user of the drills. Without one, each drill makes a user.
  drillUser: "",
  // The addresses of the users that drills make contain this one. SES's mailbox simulator accepts mail for it and delivers it to nobody.
  drillEmail: simulatorAddress,
  // More password resets than this within an hour are unusual.
  unusualResets: "100",
  userPoolId: "",
  // The pool that the service leaves when it moves to another: see infra/change-of-pool.ts.
  formerUserPoolId: "",
  // The reference pool, which the stack makes when there is no userPoolId.
  sesIdentityArn: "",
  mailFrom: "",
  appDomain: "",
  loginDomainPrefix: "",
  // As long as the table keeps a closed window. CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, …
  logRetentionDays: 400,
};
