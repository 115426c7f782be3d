import { DescribeUserPoolCommand } from "@aws-sdk/client-cognito-identity-provider";
import { GetFunctionConfigurationCommand, type LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { poolMayInvoke } from "../pool/pool-permission.ts";
import { isFunction, ourFunctions, triggerNames } from "../pool/triggers.ts";
import { type Check, deployAgain, fail, type Finding, notNamed, ok, warn } from "./finding.ts";

/** Checks that the pool calls this stack's functions and is allowed to. */
export const checkTriggers: Check = async ({ cognito, lambda, outputs }) => {
  const ours = ourFunctions(outputs);
  if (ours === undefined) return [notNamed("triggers", "CustomMessageFunctionArn")];
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: outputs.UserPoolId }));
  const findings: Finding[] = [];
  for (const trigger of triggerNames) {
    const check = `trigger ${trigger}`;
    const attached = UserPool?.LambdaConfig?.[trigger];
    if (attached === undefined) {
      findings.push(fail(check, "No function is attached, so the service records nothing here.", "Run mfactl attach."));
    } else if (!isFunction(attached, ours[trigger])) {
      findings.push(
        warn(
          check,
          `Another function is attached: ${attached}. mfactl cannot check whether it records the facts.`,
          "Make sure that it uses recordMfaFacts (examples/own-post-confirmation), or run mfactl attach --replace.",
        ),
      );
    } else if (!(await poolMayInvoke(lambda, attached, UserPool?.Arn ?? ""))) {
      const next = "Deploy the stack with --param userPoolId set to this pool. Until then, run mfactl detach.";
      findings.push(fail(check, "Cognito may not invoke the function, so users see an error.", next));
    } else {
      findings.push(ok(check, "The stack's function is attached, and Cognito may invoke it."));
    }
  }
  return findings;
};

/** Checks that each function is ready and configured for this pool. */
export const checkFunctions: Check = async ({ lambda, outputs }) => {
  const findings: Finding[] = [];
  for (const output of [
    "CustomMessageFunctionArn",
    "PostConfirmationFunctionArn",
    "PostAuthenticationFunctionArn",
    "RecordResetFunctionName",
    "ReEnableMfaFunctionName",
    "ReconcileFunctionName",
    "DrillFunctionName",
  ]) {
    const name = outputs[output];
    findings.push(
      name === undefined ? notNamed("function", output) : await checkFunction(lambda, name, outputs.UserPoolId),
    );
  }
  return findings;
};

const checkFunction = async (lambda: LambdaClient, FunctionName: string, userPoolId: string): Promise<Finding> => {
  const check = `function ${FunctionName.split(":").at(6) ?? FunctionName}`;
  try {
    const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const pool = found.Environment?.Variables?.["USER_POOL_ID"];
    if (found.State === "Failed" || found.LastUpdateStatus === "Failed") {
      const reason = found.StateReason ?? found.LastUpdateStatusReason ?? "no reason given";
      return fail(check, `Lambda cannot run it: ${reason}.`, deployAgain);
    }
    if (found.LastUpdateStatus === "InProgress" || found.State === "Pending") {
      return warn(check, "It is being updated.", "Wait a minute and run doctor again.");
    }
    if (pool !== undefined && pool !== userPoolId) {
      return fail(check, `It works on the pool ${pool}, but the stack manages ${userPoolId}.`, deployAgain);
    }
    return ok(check, `It is ready${found.LastModified === undefined ? "" : `, last changed ${found.LastModified}`}.`);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    return fail(check, "It does not exist.", deployAgain);
  }
};
