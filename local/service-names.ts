/** What the resources of the service are called in the local stack. */
export const names = {
  recordsQueue: "records",
  recordsDlq: "records-dlq",
  dueQueue: "due",
  dueDlq: "due-dlq",
  timerDlq: "timer-dlq",
  windowsTable: "windows",
  scheduleGroup: "cognito-mfa-lifecycle",
} as const;
