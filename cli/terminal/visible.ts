/** Control and invisible format characters (byte-order mark, text direction), except the joiners of scripts and emoji. */
const unseen = /(?!\u200C|\u200D|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Exactly the styles that `Output.style` adds. */
const ourStyles = /(\u001b\[(?:[12]|22|3[1-36]|39)m)/;

/**
 * Makes text safe to print: shows control and invisible characters as `\u{1b}`. Keeps the styles of `Output.style` if the
 * stream is `coloured`, and removes them otherwise.
 */
export const visible = (text: string, coloured: boolean): string =>
  text
    .split(ourStyles)
    .map((part) =>
      ourStyles.test(part)
        ? coloured
          ? part
          : ""
        : part.replace(unseen, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`),
    )
    .join("");

/** Escapes the same characters in JSON without changing its meaning. */
export const visibleJson = (json: string): string =>
  json.replace(unseen, (one) =>
    one.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
