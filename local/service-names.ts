/** The names of the service's resources in the local stack. */
export const names = {
  stack: "cognito-mfa-lifecycle-local",
  recordsQueue: "records",
  recordsDlq: "records-dlq",
  dueQueue: "due",
  dueDlq: "due-dlq",
  timerDlq: "timer-dlq",
  reconcileDlq: "reconcile-dlq",
  explainAlarmDlq: "explain-alarm-dlq",
  drillDlq: "drill-dlq",
  windowsTable: "windows",
  scheduleGroup: "cognito-mfa-lifecycle",
} as const;
