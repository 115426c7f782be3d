import type { AttributeValue, Item } from "../aws/memory-dynamodb/attribute.ts";
import { partition } from "../../shared/user-partition.ts";
import { readItems } from "../../shared/window-items.ts";
import type { Seen } from "../../shared/seen.ts";
import type { ClosedWindow, Window } from "../../shared/window.ts";

/** One item of the table as it changed; undefined where there was or is none. */
export interface Change {
  by: string;
  before?: { open?: Window; closed?: ClosedWindow };
  after?: { open?: Window; closed?: ClosedWindow };
}

type Entry = { json: string; open?: Window; closed?: ClosedWindow; seen?: Seen };

/** The windows in the table, and what changes in them, seen from beside. */
export class TableView {
  #entries = new Map<string, Entry>();

  /** What has changed since the last look. */
  look(items: Iterable<Item>, by: string): Change[] {
    const changes: Change[] = [];
    const seen = new Set<string>();
    for (const item of items) {
      const key = `${String(item["user"]?.["S"])} ${String(item["item"]?.["S"])}`;
      const json = JSON.stringify(item);
      seen.add(key);
      const before = this.#entries.get(key);
      if (before?.json === json) continue;
      const { open, lastClosed: closed, seen: looked } = readItems([plain({ M: item })]);
      const after = { json, ...(open && { open }), ...(closed && { closed }), ...(looked && { seen: looked }) };
      this.#entries.set(key, after);
      changes.push({ by, ...(before && { before }), after });
    }
    for (const [key, before] of this.#entries) {
      if (seen.has(key)) continue;
      this.#entries.delete(key);
      changes.push({ by, before });
    }
    return changes;
  }

  open(): Window[] {
    return [...this.#entries.values()].flatMap(({ open }) => open ?? []);
  }

  closed(): ClosedWindow[] {
    return [...this.#entries.values()].flatMap(({ closed }) => closed ?? []);
  }

  seen(userPoolId: string, sub: string): Seen | undefined {
    return this.#entries.get(`${partition({ userPoolId, sub })} seen`)?.seen;
  }

  of(sub: string): (Window | ClosedWindow)[] {
    return [...this.open(), ...this.closed()].filter((window) => window.sub === sub);
  }
}

const plain = (value: AttributeValue): unknown => {
  const [[type, content] = []] = Object.entries(value);
  if (type === "N") return Number(content);
  if (type === "NULL") return null;
  if (type === "L") return (content as AttributeValue[]).map(plain);
  if (type !== "M") return content;
  return Object.fromEntries(Object.entries(content as Item).map(([name, member]) => [name, plain(member)]));
};
