/** Control characters, and those that format text unseen (byte-order mark, direction), but for the joiners of scripts and emoji. */
const unseen = /(?!\u200C|\u200D|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What `Output.style` adds, and nothing else. */
const ourStyles = /(\u001b\[(?:[12]|22|3[1-36]|39)m)/;

/**
 * Text as it may be printed: what could steer a terminal, or cannot be seen, is shown like `\u{1b}`. The styles of
 * `Output.style` stay where the stream is `coloured`, and go where it is not.
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

/** JSON in which the same characters are escaped; it means the same. */
export const visibleJson = (json: string): string =>
  json.replace(unseen, (one) =>
    one.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
