// In a process of its own: the time to import the module, then to answer the first event. Prints both in milliseconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [file, surroundings, eventFile] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
if (surroundings === "lambda") {
  // What Lambda's runtime has loaded before the handler's module: its client asks for invocations over node:http.
  // https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/client/rapid-client.ts
  const { Agent } = createRequire(import.meta.url)("node:http");
  new Agent({ keepAlive: true, maxSockets: 1 });
}
const since = (start) => Number(process.hrtime.bigint() - start) / 1e6;

const start = process.hrtime.bigint();
const { handler } = await import(file);
const imported = since(start);
await handler(event, { awsRequestId: "1", functionName: "bench", getRemainingTimeInMillis: () => 5000 });
// What is still in the pipe would be lost with the process.
process.stdout.write(`\nRESULT ${JSON.stringify({ imported, answered: since(start) })}\n`, () => process.exit(0));
