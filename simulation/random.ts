/** Random numbers from a text (sfc32, seeded by cyrb128). The same text always makes the same numbers. */
export class Random {
  #state: [number, number, number, number];

  constructor(text: string) {
    this.#state = seedOf(text);
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** Returns a number in [0, 1). */
  readonly next = (): number => {
    const [a, b, c, counter] = this.#state;
    const sum = (a + b + counter) | 0;
    this.#state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (counter + 1) | 0];
    return (sum >>> 0) / 2 ** 32;
  };

  /** Returns an integer from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Returns a random item. Throws for an empty list. */
  pick<const T>(items: readonly T[]): T {
    const [item] = items.slice(Math.floor(this.next() * items.length));
    if (item === undefined) throw new Error("There is nothing to pick from.");
    return item;
  }
}

const seedOf = (text: string): [number, number, number, number] => {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  return [a, b, c, d];
};
