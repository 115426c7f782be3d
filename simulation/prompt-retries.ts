import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from "@smithy/types";

/**
 * An SDK retry strategy without pauses in real time, which would make the order of calls depend on the machine. `pause`
 * can wait on the local clock instead.
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
