import { WriteStream } from "node:tty";

/**
 * Whether text on a stream is coloured. A terminal that supports colours gets them unless NO_COLOR, NODE_DISABLE_COLORS or
 * TERM=dumb is set. FORCE_COLOR decides for every stream (0 for no). https://nodejs.org/api/tty.html#writestreamgetcolordepthenv,
 * https://no-color.org
 */
export const isColoured = (
  { isTTY }: { isTTY?: boolean | undefined },
  { NO_COLOR, ...environment }: Record<string, string | undefined>,
): boolean => {
  const forced = environment["FORCE_COLOR"] !== undefined;
  if (isTTY !== true && !forced) return false;
  // Node.js treats an empty NO_COLOR as set, and warns on standard error when both variables are set.
  return WriteStream.prototype.getColorDepth(forced || !NO_COLOR ? environment : { ...environment, NO_COLOR }) > 1;
};
