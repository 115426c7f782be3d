import { describe, expect, it } from "@jest/globals";
import { failureWords } from "../../shared/failure-words.ts";

// What Cognito documents for the two calls of a re-enable, how it throttles, and what the SDK and we add.
const known = [
  ...["ResourceNotFoundException", "InvalidParameterException", "NotAuthorizedException", "UserNotConfirmedException"],
  ...["PasswordResetRequiredException", "OperationNotEnabledException", "InternalErrorException"],
  ...["TooManyRequestsException", "AccessDeniedException", "TimeoutError", "Unchanged"],
  ...["PoolMfaOff", "PoolMfaRequired"],
];

describe("failureWords", () => {
  it.each(known)("says %s in words, with what to do", (error) => {
    const { meaning, toDo } = failureWords(error);
    expect(meaning).not.toContain(error);
    expect(toDo).toMatch(/^[A-Z].+\.$/);
  });

  it("names an error that it does not know, and where to read more", () => {
    expect(failureWords("Strange")).toMatchObject({
      meaning: expect.stringContaining("Strange"),
      toDo: expect.stringContaining("mfactl show"),
    });
  });
});
