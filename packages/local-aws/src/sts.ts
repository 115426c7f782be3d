import * as v from "valibot";
import { queryService } from "./query-service.ts";
import { AwsError, operation, type Service } from "./service.ts";

/**
 * Shows the caller as an IAM user with the name of the access key id. The Date header of its responses shows the local
 * clock, as AWS's shows AWS's clock. Other services keep the real date: with a different one, an SDK would assume that
 * its own clock is wrong, and retry refused calls.
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
