import * as v from "valibot";
import { queryService } from "./query-service.ts";
import { AwsError, operation, type Service } from "./service.ts";

/**
 * Tells who calls: an IAM user named after the access key id. Its answers carry the date of the local clock, as AWS's carry
 * that of AWS. Those of other services do not: an SDK that finds its own clock wrong tries again what was refused.
 * https://docs.aws.amazon.com/STS/latest/APIReference/
 */
export const stsService = (accountId: string, clock: { now(): Date }): Service => {
  const service = queryService({
    name: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    throttling: { code: "Throttling", message: "Rate exceeded", status: 400 },
    operations: {
      GetCallerIdentity: operation(
        v.strictObject({}),
        (message) => new AwsError("ValidationError", message),
        (_input, caller) => ({
          Arn: `arn:aws:iam::${accountId}:user/${caller}`,
          UserId: caller,
          Account: accountId,
        }),
      ),
    },
  });
  return {
    ...service,
    async perform(call, request) {
      const response = await service.perform(call, request);
      return { ...response, headers: { ...response.headers, date: clock.now().toUTCString() } };
    },
  };
};
