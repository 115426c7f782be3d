/** The triggers' time limits, the same as with their own client. */
export const limits = { requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true } };
