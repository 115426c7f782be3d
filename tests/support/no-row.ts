import type { UserRow } from "../../shared/windows/window-items.ts";

/** What `find` returns for a user of whom the table knows nothing. */
export const noRow: UserRow = { version: 0 };
