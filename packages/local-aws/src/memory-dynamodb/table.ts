import { compare, type Item, keyText } from "./attribute.ts";

export interface Index {
  name: string;
  hash: string;
  range: string;
  /** The attributes in addition to the keys of index and table; undefined for all. */
  attributes: readonly string[] | undefined;
}

/** The items of a partition. `sorted` caches them in the order of their sort key. */
interface Partition {
  items: Set<Item>;
  sorted: Item[] | undefined;
}

/** A table and its indexes. All keys are text. */
export class Table {
  readonly hash: string;
  readonly range: string;
  readonly #indexes: readonly Index[];
  readonly #items = new Map<string, Map<string, Item>>();
  /** Partitions by index name and partition key. */
  readonly #indexed = new Map<string, Map<string, Partition>>();

  constructor(hash: string, range: string, indexes: readonly Index[]) {
    this.hash = hash;
    this.range = range;
    this.#indexes = indexes;
    for (const { name } of indexes) this.#indexed.set(name, new Map());
  }

  index(name: string): Index | undefined {
    return this.#indexes.find((index) => index.name === name);
  }

  get(key: Item): Item | undefined {
    return this.#items.get(keyText(key, this.hash))?.get(keyText(key, this.range));
  }

  put(item: Item): void {
    this.delete(item);
    const hash = keyText(item, this.hash);
    const items = this.#items.get(hash) ?? new Map<string, Item>();
    this.#items.set(hash, items.set(keyText(item, this.range), item));
    for (const index of this.#indexes) this.#change(index, item, (partition) => partition.add(item));
  }

  delete(key: Item): void {
    const item = this.get(key);
    if (item === undefined) return;
    for (const index of this.#indexes) this.#change(index, item, (partition) => partition.delete(item));
    const hash = keyText(key, this.hash);
    this.#items.get(hash)?.delete(keyText(key, this.range));
    if (this.#items.get(hash)?.size === 0) this.#items.delete(hash);
  }

  /** Returns all items of one partition of the table, or of the index, in the order of the sort key. */
  partition(hash: string, index?: Index): readonly Item[] {
    if (index === undefined) {
      return [...(this.#items.get(hash)?.values() ?? [])].sort((one, other) =>
        compare(one[this.range], other[this.range]),
      );
    }
    const partition = this.#indexed.get(index.name)?.get(hash);
    if (partition === undefined) return [];
    return (partition.sorted ??= [...partition.items].sort((one, other) => this.inIndex(index, one, other)));
  }

  /** Yields all items of an index, in the order of partition key and sort key. */
  *indexed(index: Index): Iterable<Item> {
    const keys = [...(this.#indexed.get(index.name)?.keys() ?? [])].sort();
    for (const key of keys) yield* this.partition(key, index);
  }

  /** Compares two items in the order of an index: its own sort key, then the keys of the table. */
  inIndex(index: Index, one: Item, other: Item): number {
    return (
      compare(one[index.range], other[index.range]) ||
      compare(one[this.hash], other[this.hash]) ||
      compare(one[this.range], other[this.range])
    );
  }

  *items(): Iterable<Item> {
    for (const items of this.#items.values()) yield* items.values();
  }

  /** Indexes are sparse: an item without the keys of an index is not in it. */
  #change(index: Index, item: Item, change: (items: Set<Item>) => unknown): void {
    const hash = item[index.hash]?.["S"];
    if (typeof hash !== "string" || item[index.range] === undefined) return;
    const partitions = this.#indexed.get(index.name) ?? new Map<string, Partition>();
    const partition = partitions.get(hash) ?? { items: new Set(), sorted: undefined };
    partitions.set(hash, partition);
    change(partition.items);
    partition.sorted = undefined;
  }
}
