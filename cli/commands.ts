import type { Command } from "commander";
import { register as accept } from "./commands/accept.ts";
import { register as attach } from "./commands/attach-triggers.ts";
import { register as close } from "./commands/close.ts";
import { register as detach } from "./commands/detach-triggers.ts";
import { register as doctor } from "./commands/doctor.ts";
import { register as drill } from "./commands/drill.ts";
import { register as exportWindows } from "./commands/export.ts";
import { register as extend } from "./commands/extend.ts";
import { register as failures } from "./commands/failures.ts";
import { register as list } from "./commands/list.ts";
import { register as open } from "./commands/open.ts";
import { register as redrive } from "./commands/redrive.ts";
import { register as replan } from "./commands/replan.ts";
import { register as retry } from "./commands/retry.ts";
import { register as show } from "./commands/show.ts";
import type { Context } from "./stack/context.ts";

/** All commands, in the order of the help. To add one, write a module with a `register` and list it here. */
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
