import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from "@smithy/types";

/**
 * The attempts of an SDK client without its pauses in real time, which the local clock does not know and which would
 * leave the order of calls to the machine. `pause` may wait on the local clock instead.
 */
export const promptRetries = (
  attempts: number,
  pause: (retries: number) => Promise<void> = async () => undefined,
): RetryStrategyV2 => {
  const token = (retries: number): RetryToken => ({ getRetryCount: () => retries, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    async refreshRetryTokenForRetry(spent: RetryToken, { errorType }: RetryErrorInfo) {
      const retries = spent.getRetryCount() + 1;
      if (errorType === "CLIENT_ERROR" || retries >= attempts) throw new Error("No attempt is left.");
      await pause(retries);
      return token(retries);
    },
    recordSuccess: () => undefined,
  };
};
