/** A failed re-enable in words: what happened, and what a person can do about it. */
export interface FailureWords {
  meaning: string;
  toDo: string;
}

const refused: FailureWords = {
  meaning: "AWS refused the service access to the user pool.",
  toDo: "Compare the role of the function re-enable-mfa with the template, look for a policy of the organisation that denies it, and deploy again.",
};
const tooMany: FailureWords = {
  meaning: "Cognito had more calls from this account than its quota of 25 a second allows.",
  toDo: "Nothing at first: the tries are spread out by themselves. If it goes on, look for another program that changes users, or lower reEnableRate.",
};
const cognitoFault: FailureWords = {
  meaning: "Cognito had a fault of its own, or did not answer in time.",
  toDo: "Nothing at first: it is tried again. If it goes on, look at the AWS Health Dashboard.",
};

/** By the name of the error, as the window remembers it; the message may change, and may quote the user. */
const words: Record<string, FailureWords> = {
  InvalidParameterException: {
    meaning: "Cognito refused the change: the user has no email address, or the pool does not offer Email MFA.",
    toDo: "Give the user an email address, or switch Email MFA on for the pool; mfactl doctor says whether the pool is in order.",
  },
  Unchanged: {
    meaning: "Cognito accepted the change but Email MFA is still off.",
    toDo: "See the pool's MFA: it must be Optional, with email messages enabled. mfactl doctor says whether it is. If it is, open a case with AWS support.",
  },
  PoolMfaOff: {
    meaning:
      "MFA is off in the user pool, so no sign-in asks for a code. Whatever Cognito lists for the user proves nothing, and the window stays open.",
    toDo: "Set MFA of the pool to Optional, with email messages: open windows then close at their next try. If the pool is to stay without MFA, this service has no purpose there: see “take the service away” in the runbook.",
  },
  PoolMfaRequired: {
    meaning:
      "The user pool requires MFA. Cognito asks everybody for a code, lets nobody switch a user's factors, and may list none of them, so that Email MFA cannot be proven and the window stays open.",
    toDo: "Set MFA of the pool to Optional: open windows then close at their next try. If MFA is to stay required, nobody can be exempted, and this service has no purpose there: see “take the service away” in the runbook.",
  },
  PasswordResetRequiredException: {
    meaning:
      "An administrator has reset the user's password, and Cognito changes nothing until the user has set a new one.",
    toDo: "Let the user finish the reset, or set a temporary password for them.",
  },
  UserNotConfirmedException: {
    meaning: "The user's account is not confirmed.",
    toDo: "Confirm the user, or delete the account if nobody needs it.",
  },
  ResourceNotFoundException: {
    meaning: "The user pool does not exist any more.",
    toDo: "If it was deleted on purpose, remove this stack too; if not, find out who deleted it.",
  },
  OperationNotEnabledException: {
    meaning:
      "Cognito does not offer this operation here: the pool may be a replica whose users are changed in another Region.",
    toDo: "Deploy the service in the primary Region of the pool.",
  },
  UsernameRefused: {
    meaning: "Cognito takes no username like the one that the window has.",
    toDo: "Find out who opened the window, with mfactl show: Cognito can never have had a user of that name.",
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
    toDo: "Read the message that mfactl show gives, and the log of the function re-enable-mfa.",
  };
