declare module "dynalite" {
  import type { Server } from "node:http";

  /** Times in milliseconds. https://github.com/architect/dynalite#readme */
  const dynalite: (options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }) => Server;
  export default dynalite;
}
