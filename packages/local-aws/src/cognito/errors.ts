import { AwsError } from "../service.ts";

export const invalidParameter = (message: string): AwsError => new AwsError("InvalidParameterException", message);

export const notAuthorized = (message: string): AwsError => new AwsError("NotAuthorizedException", message);

export const incorrectUsernameOrPassword = (): AwsError => notAuthorized("Incorrect username or password.");

export const resourceNotFound = (message: string): AwsError => new AwsError("ResourceNotFoundException", message);

export const userNotFound = (message = "User does not exist."): AwsError =>
  new AwsError("UserNotFoundException", message);

/** The error of unsigned calls for an unknown user, unless the client prevents user existence errors. */
export const userNotFoundForClient = (): AwsError => userNotFound("Username/client id combination not found.");

export const userNotConfirmed = (): AwsError => new AwsError("UserNotConfirmedException", "User is not confirmed.");

export const passwordResetRequired = (): AwsError =>
  new AwsError("PasswordResetRequiredException", "Password reset required for the user");

export const codeMismatch = (message = "Invalid verification code provided, please try again."): AwsError =>
  new AwsError("CodeMismatchException", message);

export const expiredCode = (): AwsError =>
  new AwsError("ExpiredCodeException", "Invalid code provided, please request a code again.");

export const attemptLimitExceeded = (): AwsError =>
  new AwsError("LimitExceededException", "Attempt limit exceeded, please try after some time.");

export const featureUnavailable = (message: string): AwsError =>
  new AwsError("FeatureUnavailableInTierException", message);

/** The error for what AWS can do and the local stack cannot. */
export const notSupported = (what: string): AwsError =>
  new AwsError("UnsupportedByLocalStack", `The local stack does not know ${what}.`, 501);
