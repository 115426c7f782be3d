import { type AttributeValue, compare, isEqual, type Item, validation } from "./attribute.ts";

/** Placeholders for names and values in an expression. */
export interface Placeholders {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export type Condition = (item: Item | undefined) => boolean;

/** `#name`, `:value`, words, comparators, brackets and commas. */
const TOKENS = /\s*([#:]?[A-Za-z_][\w]*|<=|>=|<>|[=<>(),])\s*/y;

const comparators: Record<string, (order: number) => boolean> = {
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/**
 * Parses a condition of AND, OR, NOT, brackets, comparators, BETWEEN, attribute_exists and attribute_not_exists.
 * Anything else is an error.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */
export const parseCondition = (expression: string, placeholders: Placeholders): Condition => {
  const parser = new Parser(expression, placeholders);
  const condition = parser.either();
  parser.end();
  return condition;
};

/** A change of one attribute; undefined removes it. */
export type Change = [name: string, value: (item: Item) => AttributeValue | undefined];

/**
 * Parses updates such as `SET one = :one, other = if_not_exists(other, :other) REMOVE third`. Other forms are errors.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
 */
export const parseUpdate = (expression: string, placeholders: Placeholders): Change[] => {
  const parser = new Parser(expression, placeholders);
  parser.expect("SET");
  const changes: Change[] = [];
  do {
    const name = parser.name();
    parser.expect("=");
    changes.push([name, parser.newValue()]);
  } while (parser.takes(","));
  if (parser.takes("REMOVE"))
    do changes.push([parser.name(), () => undefined]);
    while (parser.takes(","));
  parser.end();
  return changes;
};

export const parseProjection = (expression: string, placeholders: Placeholders): string[] => {
  const parser = new Parser(expression, placeholders);
  const names = [parser.name()];
  while (parser.takes(",")) names.push(parser.name());
  parser.end();
  return names;
};

class Parser {
  readonly #expression: string;
  readonly #placeholders: Placeholders;
  readonly #tokens: string[] = [];
  #position = 0;

  constructor(expression: string, placeholders: Placeholders) {
    this.#expression = expression;
    this.#placeholders = placeholders;
    for (TOKENS.lastIndex = 0; TOKENS.lastIndex < expression.length;) {
      const token = TOKENS.exec(expression)?.[1];
      if (token === undefined) throw this.#unknown();
      this.#tokens.push(token);
    }
  }

  either(): Condition {
    const one = this.#both();
    if (!this.takes("OR")) return one;
    const other = this.either();
    return (item) => one(item) || other(item);
  }

  name(): string {
    const token = this.#next();
    if (token.startsWith("#")) {
      const name = this.#placeholders.ExpressionAttributeNames?.[token];
      if (name === undefined) throw validation(`An expression attribute name used is not defined: ${token}`);
      return name;
    }
    if (!/^[A-Za-z]/.test(token)) throw this.#unknown();
    return token;
  }

  value(): AttributeValue {
    const token = this.#next();
    const value = this.#placeholders.ExpressionAttributeValues?.[token];
    if (!token.startsWith(":")) throw this.#unknown();
    if (value === undefined) throw validation(`An expression attribute value used is not defined: ${token}`);
    return value;
  }

  newValue(): Change[1] {
    if (!this.takes("IF_NOT_EXISTS")) {
      const value = this.value();
      return () => value;
    }
    this.expect("(");
    const name = this.name();
    this.expect(",");
    const value = this.value();
    this.expect(")");
    return (item) => item[name] ?? value;
  }

  takes(token: string): boolean {
    if (this.#tokens[this.#position]?.toUpperCase() !== token) return false;
    this.#position += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) throw this.#unknown();
  }

  end(): void {
    if (this.#position < this.#tokens.length) throw this.#unknown();
  }

  #both(): Condition {
    const one = this.#one();
    if (!this.takes("AND")) return one;
    const other = this.#both();
    return (item) => one(item) && other(item);
  }

  #one(): Condition {
    if (this.takes("NOT")) {
      const negated = this.#one();
      return (item) => !negated(item);
    }
    if (this.takes("(")) {
      const inner = this.either();
      this.expect(")");
      return inner;
    }
    for (const [word, wanted] of [
      ["ATTRIBUTE_EXISTS", true],
      ["ATTRIBUTE_NOT_EXISTS", false],
    ] as const) {
      if (!this.takes(word)) continue;
      this.expect("(");
      const name = this.name();
      this.expect(")");
      return (item) => (item?.[name] !== undefined) === wanted;
    }
    return this.#comparison();
  }

  #comparison(): Condition {
    const name = this.name();
    if (this.takes("BETWEEN")) {
      const from = this.value();
      this.expect("AND");
      const to = this.value();
      return holds(name, (found) => compare(found, from) >= 0 && compare(found, to) <= 0);
    }
    const sign = this.#next();
    const value = this.value();
    if (sign === "=") return holds(name, (found) => isEqual(found, value));
    if (sign === "<>") return (item) => item?.[name] === undefined || !isEqual(item[name], value);
    const comparator = comparators[sign];
    if (comparator === undefined) throw this.#unknown();
    return holds(name, (found) => comparator(compare(found, value)));
  }

  #next(): string {
    const token = this.#tokens[this.#position++];
    if (token === undefined) throw this.#unknown();
    return token;
  }

  #unknown(): Error {
    return validation(`The local stack's table in memory does not know the expression: ${this.#expression}`);
  }
}

/** A comparison with a missing attribute is false. */
const holds =
  (name: string, test: (found: AttributeValue) => boolean): Condition =>
  (item) => {
    const found = item?.[name];
    return found !== undefined && test(found);
  };
