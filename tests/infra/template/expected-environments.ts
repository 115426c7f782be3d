export const powertools = ["POWERTOOLS_LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"];
/** The variables that each function reads, in addition to those of Powertools. */
export const environments = {
  "custom-message": ["RECORDS_QUEUE_URL", "WINDOWS_TABLE", "RESET_MAIL", "GRACE_PERIOD"],
  "post-confirmation": ["RECORDS_QUEUE_URL", "WINDOWS_TABLE"],
  "post-authentication": ["RECORDS_QUEUE_URL", "WINDOWS_TABLE", "VERIFY_EVERY"],
  "record-reset": [
    ...["WINDOWS_TABLE", "DUE_QUEUE_URL", "DUE_QUEUE_ARN", "RECORDS_DLQ_URL", "SCHEDULE_GROUP", "TIMER_ROLE_ARN"],
    ...["TIMER_DLQ_ARN", "USER_POOL_ID", "GRACE_PERIOD", "MAX_WINDOW", "SCOPE", "ENROL", "MODE", "CLOSE_ON_SIGN_IN"],
  ],
  "re-enable-mfa": ["WINDOWS_TABLE", "DUE_QUEUE_URL", "DUE_DLQ_URL", "USER_POOL_ID", "MODE", "RE_ENABLE_RATE"],
  reconcile: [
    ...["WINDOWS_TABLE", "DUE_QUEUE_URL", "RECORDS_QUEUE_URL", "USER_POOL_ID", "RE_ENABLE_RATE", "OVERDUE_TOLERANCE"],
    ...[
      "RECORDS_DLQ_URL",
      "DUE_DLQ_URL",
      "TIMER_DLQ_URL",
      "RECONCILE_DLQ_URL",
      "EXPLAIN_ALARM_DLQ_URL",
      "DRILL_DLQ_URL",
    ],
  ],
  drill: [
    ...["WINDOWS_TABLE", "DUE_QUEUE_URL", "DUE_QUEUE_ARN", "SCHEDULE_GROUP", "TIMER_ROLE_ARN", "TIMER_DLQ_ARN"],
    ...["USER_POOL_ID", "DRILL", "DRILL_EMAIL", "DRILL_USER", "MAX_WINDOW", "GRACE_PERIOD", "SCOPE", "MODE"],
  ],
  "explain-alarm": [
    ...["WINDOWS_TABLE", "ALARM_TOPIC_ARN", "STAGE", "USER_POOL_ID", "OVERDUE_TOLERANCE", "ALARM_NAME_PREFIX"],
    "DEAD_LETTER_QUEUE_URLS",
  ],
};
