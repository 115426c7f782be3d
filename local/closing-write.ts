import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";

/** Returns whether the call is the write that closes a window: it removes the row from the index of open windows. */
export const isClosingWrite = ({ operation, input }: Pick<Call, "operation" | "input">): boolean =>
  operation === "UpdateItem" && /REMOVE.*#openIn\b/.test(String(input["UpdateExpression"]));
