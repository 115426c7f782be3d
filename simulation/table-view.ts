import type { AttributeValue, Item } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/attribute.ts";
import type { Seen } from "../shared/windows/seen.ts";
import { partition } from "../shared/windows/user-partition.ts";
import { historyFrom, rowFrom, rowKey, type UserRow } from "../shared/windows/window-items.ts";
import type { ClosedWindow, Window } from "../shared/windows/window.ts";

/** A window in the table. Without `open` and `closed`, the table does not contain it. */
export interface WindowState {
  open?: Window | undefined;
  /** From the row or the history, whichever has more. */
  closed?: ClosedWindow | undefined;
}

/** A change of one window in the table. */
export interface Change {
  by: string;
  before: WindowState;
  after: WindowState;
}

type Entry = { json: string; row?: UserRow; closed?: ClosedWindow | undefined };

/** Observes the windows in the table and their changes. */
export class TableView {
  #entries = new Map<string, Entry>();
  #windows = new Map<string, WindowState>();

  /** Returns the changes since the last look. */
  look(items: Iterable<Item>, by: string): Change[] {
    const present = new Set<string>();
    let isSame = true;
    for (const item of items) {
      const sortKey = String(item["item"]?.["S"]);
      const key = `${String(item["user"]?.["S"])} ${sortKey}`;
      const json = JSON.stringify(item);
      present.add(key);
      if (this.#entries.get(key)?.json === json) continue;
      isSame = false;
      this.#entries.set(key, { json, ...contentOf(sortKey, plain({ M: item })) });
    }
    for (const key of this.#entries.keys()) {
      if (present.has(key)) continue;
      isSame = false;
      this.#entries.delete(key);
    }
    return isSame ? [] : this.#changes(by);
  }

  open(): Window[] {
    return [...this.#windows.values()].flatMap(({ open }) => open ?? []);
  }

  closed(): ClosedWindow[] {
    return [...this.#windows.values()].flatMap(({ closed }) => closed ?? []);
  }

  seen(userPoolId: string, sub: string): Seen | undefined {
    return this.#entries.get(`${partition({ userPoolId, sub })} ${rowKey}`)?.row?.seen;
  }

  of(sub: string): (Window | ClosedWindow)[] {
    return [...this.open(), ...this.closed()].filter((window) => window.sub === sub);
  }

  #changes(by: string): Change[] {
    const before = this.#windows;
    const after = new Map<string, WindowState>();
    for (const { row, closed = row?.lastClosed } of this.#entries.values()) {
      if (row?.open) after.set(row.open.windowId, { ...after.get(row.open.windowId), open: row.open });
      if (closed === undefined) continue;
      const other = after.get(closed.windowId);
      if ((other?.closed?.version ?? 0) < closed.version) after.set(closed.windowId, { ...other, closed });
    }
    this.#windows = after;
    const ids = new Set([...before.keys(), ...after.keys()]);
    return [...ids].flatMap((id) => {
      const change = { by, before: before.get(id) ?? {}, after: after.get(id) ?? {} };
      return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : change;
    });
  }
}

const contentOf = (sortKey: string, item: unknown): Omit<Entry, "json"> => {
  if (sortKey === rowKey) return { row: rowFrom(item) };
  return sortKey.startsWith("closed#") ? { closed: historyFrom(item) } : {};
};

const plain = (value: AttributeValue): unknown => {
  const [[type, content] = []] = Object.entries(value);
  if (type === "N") return Number(content);
  if (type === "NULL") return null;
  if (type === "L") return (content as AttributeValue[]).map(plain);
  if (type !== "M") return content;
  return Object.fromEntries(Object.entries(content as Item).map(([name, member]) => [name, plain(member)]));
};
