import type { Command } from "commander";
import { register as accept } from "./accept.ts";
import { register as attach } from "./attach-triggers.ts";
import { register as close } from "./close.ts";
import type { Context } from "./context.ts";
import { register as detach } from "./detach-triggers.ts";
import { register as doctor } from "./doctor.ts";
import { register as drill } from "./drill.ts";
import { register as exportWindows } from "./export.ts";
import { register as extend } from "./extend.ts";
import { register as failures } from "./failures.ts";
import { register as list } from "./list.ts";
import { register as open } from "./open.ts";
import { register as redrive } from "./redrive.ts";
import { register as replan } from "./replan.ts";
import { register as retry } from "./retry.ts";
import { register as show } from "./show.ts";

/** All commands of mfactl, in the order of its help. A new one is a module with a `register`, and a line here. */
export const commands: ((program: Command, context: Context) => void)[] = [
  open,
  list,
  show,
  extend,
  close,
  retry,
  accept,
  failures,
  redrive,
  exportWindows,
  replan,
  attach,
  detach,
  doctor,
  drill,
];
