/** Explains a failed re-enable: what happened and what a person can do about it. */
export interface FailureWords {
  meaning: string;
  toDo: string;
}

const refused: FailureWords = {
  meaning: "AWS denied the service access to the user pool.",
  toDo: "Compare the role of the function re-enable-mfa with the template, check whether a policy of your organisation denies access, and deploy again.",
};
const tooMany: FailureWords = {
  meaning: "This account exceeded Cognito's quota of 25 calls a second.",
  toDo: "Nothing at first: the service spreads its tries. If this continues, look for another program that changes users, or lower reEnableRate.",
};
const cognitoFault: FailureWords = {
  meaning: "Cognito had an internal error or did not answer in time.",
  toDo: "Nothing at first: the service tries again. If this continues, check the AWS Health Dashboard.",
};

/** By the name of the error, as stored on the window. The error's message can change and may quote the user. */
const words: Record<string, FailureWords> = {
  InvalidParameterException: {
    meaning: "Cognito refused the change: the user has no email address, or the pool does not offer Email MFA.",
    toDo: "Give the user an email address, or switch Email MFA on for the pool. mfactl doctor checks the pool.",
  },
  Unchanged: {
    meaning: "Cognito accepted the change, but Email MFA is still off.",
    toDo: "Check the pool's MFA with mfactl doctor: it must be Optional, with email messages enabled. If it is, open a case with AWS support.",
  },
  PoolMfaOff: {
    meaning:
      "MFA is off in the user pool, so no sign-in asks for a code. The factors that Cognito lists for the user prove nothing, and the window stays open.",
    toDo: "Set the pool's MFA to Optional, with email messages. Open windows then close at their next try. If the pool should stay without MFA, it does not need this service: see “take the service away” in the runbook.",
  },
  PoolMfaRequired: {
    meaning:
      "The user pool requires MFA. Cognito asks every user for a code, does not let a user's factors be switched, and may list none of them. The service cannot prove that Email MFA is on, so the window stays open.",
    toDo: "Set the pool's MFA to Optional. Open windows then close at their next try. If MFA should stay required, no user can be exempted and the pool does not need this service: see “take the service away” in the runbook.",
  },
  PasswordResetRequiredException: {
    meaning:
      "An administrator has reset the user's password. Cognito changes nothing until the user has set a new one.",
    toDo: "Let the user finish the reset, or set a temporary password for the user.",
  },
  UserNotConfirmedException: {
    meaning: "The user's account is not confirmed.",
    toDo: "Confirm the user, or delete the account if it is not needed.",
  },
  ResourceNotFoundException: {
    meaning: "The user pool no longer exists.",
    toDo: "If it was deleted on purpose, remove this stack too. If not, find out who deleted it.",
  },
  OperationNotEnabledException: {
    meaning:
      "Cognito does not offer this operation here: the pool may be a replica whose users are changed in another Region.",
    toDo: "Deploy the service in the primary Region of the pool.",
  },
  UsernameRefused: {
    meaning: "The username on the window is not a valid Cognito username.",
    toDo: "Find out with mfactl show who opened the window. Cognito can never have had a user with that name.",
  },
  NotAuthorizedException: refused,
  AccessDeniedException: refused,
  TooManyRequestsException: tooMany,
  ThrottlingException: tooMany,
  InternalErrorException: cognitoFault,
  ServiceUnavailable: cognitoFault,
  TimeoutError: cognitoFault,
};

export const failureWords = (error: string): FailureWords =>
  (Object.hasOwn(words, error) ? words[error] : undefined) ?? {
    meaning: `The re-enable failed with the error ${error}.`,
    toDo: "Read the error message in mfactl show and the log of the function re-enable-mfa.",
  };
