import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";

/** Returns whether the write took effect: `false` if its condition failed. All other errors pass through. */
export const unlessConditionFails = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
