/** A priority queue: `pop` returns the smallest item. `push` and `pop` take O(log n). */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    let index = this.#items.length;
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = this.#items[parentIndex] as T;
      if (!this.#isBefore(item, parent)) break;
      this.#items[index] = parent;
      index = parentIndex;
    }
    this.#items[index] = item;
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  #sink(item: T): void {
    const size = this.#items.length;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= size) break;
      const right = left + 1;
      const child = right < size && this.#isBefore(this.#items[right] as T, this.#items[left] as T) ? right : left;
      if (!this.#isBefore(this.#items[child] as T, item)) break;
      this.#items[index] = this.#items[child] as T;
      index = child;
    }
    this.#items[index] = item;
  }
}
