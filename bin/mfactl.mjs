#!/usr/bin/env node
// The tool runs from its sources: there is nothing to build, and nothing that could be older than them.
import { register } from "tsx/esm/api";

register();
await import("../cli/mfactl.ts");
