/** The limits that the triggers had on the SDK, and have. */
export const limits = { requestHandler: { connectionTimeout: 500, requestTimeout: 1000, throwOnRequestTimeout: true } };
