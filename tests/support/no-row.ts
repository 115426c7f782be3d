import type { UserRow } from "../../shared/windows/window-items.ts";

/** The result of `find` for a user without a row. */
export const noRow: UserRow = { version: 0 };
