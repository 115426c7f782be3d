import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";

/** Whether the write took effect: `false` where its condition did not hold. All other errors pass through. */
export const unlessConditionFails = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
