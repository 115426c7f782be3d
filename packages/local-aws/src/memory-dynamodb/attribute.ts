import { AwsError } from "../service.ts";

/** A value in DynamoDB's JSON protocol: `{"S": "text"}`, `{"N": "1"}`, `{"M": {...}}` and so on. */
export type AttributeValue = Record<string, unknown>;

export type Item = Record<string, AttributeValue>;

export const validation = (message: string): AwsError => new AwsError("ValidationException", message);

/**
 * Returns a number below, at or above zero when `one` sorts before, with or after `other`; NaN when they do not
 * compare.
 */
export const compare = (one: AttributeValue | undefined, other: AttributeValue | undefined): number => {
  const [text, otherText] = [one?.["S"], other?.["S"]];
  if (typeof text === "string" && typeof otherText === "string") return compareText(text, otherText);
  const [number, otherNumber] = [one?.["N"], other?.["N"]];
  if (typeof number === "string" && typeof otherNumber === "string") return Number(number) - Number(otherNumber);
  return NaN;
};

/** DynamoDB sorts text by its bytes in UTF-8, which is the order of JavaScript's strings up to U+D7FF. */
const compareText = (one: string, other: string): number => {
  if (plain.test(one) && plain.test(other)) return one < other ? -1 : Number(one > other);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
};

const plain = /^[^\ud800-\uffff]*$/;

export const isEqual = (one: AttributeValue, other: AttributeValue): boolean =>
  compare(one, other) === 0 || JSON.stringify(one) === JSON.stringify(other);

/** Returns the text of a key attribute. Throws when the item lacks it or its type is not text. */
export const keyText = (item: Item, name: string): string => {
  const text = item[name]?.["S"];
  if (typeof text === "string" && text !== "") return text;
  throw validation(`One or more parameter values were invalid: Missing the key ${name} in the item`);
};
