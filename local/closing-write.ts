import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";

/** Whether the call is the one write that closes a window: it takes the row out of the index of open ones. */
export const isClosingWrite = ({ operation, input }: Pick<Call, "operation" | "input">): boolean =>
  operation === "UpdateItem" && /REMOVE.*#openIn\b/.test(String(input["UpdateExpression"]));
