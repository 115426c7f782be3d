import { describe, expect, it } from "@jest/globals";
import { failureWords } from "../../shared/telemetry/failure-words.ts";

// Cognito's documented errors of the two calls of a re-enable, its throttling, and errors of the SDK and the service.
const known = [
  ...["ResourceNotFoundException", "InvalidParameterException", "NotAuthorizedException", "UserNotConfirmedException"],
  ...["PasswordResetRequiredException", "OperationNotEnabledException", "InternalErrorException"],
  ...["TooManyRequestsException", "AccessDeniedException", "TimeoutError", "Unchanged"],
  "UsernameRefused",
  ...["PoolMfaOff", "PoolMfaRequired"],
];

describe("failureWords", () => {
  it.each(known)("explains %s in words, with what to do", (error) => {
    const { meaning, toDo } = failureWords(error);
    expect(meaning).not.toContain(error);
    expect(toDo).toMatch(/^[A-Z].+\.$/);
  });

  it.each(["Strange", "toString", "constructor", "__proto__"])(
    "names an error that it does not know, %s, and where to read more",
    (error) => {
      expect(failureWords(error)).toEqual({
        meaning: `The re-enable failed with the error ${error}.`,
        toDo: expect.stringContaining("mfactl show"),
      });
    },
  );
});
