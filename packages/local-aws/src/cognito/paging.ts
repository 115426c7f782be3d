import type { Behaviour } from "./behaviour.ts";
import { invalidParameter } from "./errors.ts";

/**
 * Returns up to `limit` items from the position in `token`. `next` is the token of the following page, undefined after
 * the last item. When `first` is "empty", the first page has no items, only a token. Throws InvalidParameterException
 * for a token that this list cannot have returned.
 */
export const pageOf = <T>(
  all: T[],
  limit: number,
  token: string | undefined,
  first: Behaviour["firstPageOfLists"] = "full",
): { items: T[]; next: string | undefined } => {
  if (first === "empty" && token === undefined) return { items: [], next: writeToken(0) };
  const start = token === undefined ? 0 : readToken(token, all.length);
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? writeToken(end) : undefined };
};

const writeToken = (position: number): string => Buffer.from(`page:${position}`).toString("base64url");

const readToken = (token: string, length: number): number => {
  const position = Number(/^page:(\d+)$/.exec(Buffer.from(token, "base64url").toString())?.[1]);
  if (!(position <= length)) throw invalidParameter("Invalid pagination token provided.");
  return position;
};
