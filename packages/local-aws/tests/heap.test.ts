import { describe, expect, it } from "@jest/globals";
import { Heap } from "../src/heap.ts";

describe("Heap", () => {
  it("returns its items from the smallest to the largest, for any order of insertion", () => {
    const heap = new Heap<number>((a, b) => a < b);
    const items = Array.from({ length: 500 }, (_, index) => (index * 7919) % 503);
    for (const item of items) heap.push(item);
    const popped: number[] = [];
    for (let item = heap.pop(); item !== undefined; item = heap.pop()) popped.push(item);
    expect(popped).toEqual(items.toSorted((a, b) => a - b));
    expect(heap.peek()).toBeUndefined();
  });
});
