#!/usr/bin/env node
// The tool runs from its sources: there is nothing to build, and nothing that could be older than them.
import { register } from "tsx/esm/api";

// As node.env does for the commands of npm; an operator's own value stays.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

register();
await import("../cli/mfactl.ts");
