// Measures in a new process how long the import of the module takes, then the answer to the first event. Prints both in
// milliseconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [file, surroundings, eventFile] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
if (surroundings === "lambda") {
  // Lambda's runtime has loaded node:http before the handler's module, because its client uses it.
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/client/rapid-client.ts
  const { Agent } = createRequire(import.meta.url)("node:http");
  new Agent({ keepAlive: true, maxSockets: 1 });
}
const since = (start) => Number(process.hrtime.bigint() - start) / 1e6;

const start = process.hrtime.bigint();
const { handler } = await import(file);
const imported = since(start);
await handler(event, { awsRequestId: "1", functionName: "bench", getRemainingTimeInMillis: () => 5000 });
// process.exit would lose output that is still in the pipe.
process.stdout.write(`\nRESULT ${JSON.stringify({ imported, answered: since(start) })}\n`, () => process.exit(0));
