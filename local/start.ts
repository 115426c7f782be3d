import { randomUUID } from "node:crypto";
import { parseArgs, styleText } from "node:util";
import { startLocalAws } from "@cognito-mfa-lifecycle/local-aws/local-aws.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";
import { nextSteps } from "./next-steps.ts";
import { serveOverview } from "./pages/overview.ts";
import { deployStack } from "./stack.ts";
import { TourFailure } from "./tour/narrator.ts";
import { playTour, tourPolicy } from "./tour/tour.ts";

const usage = `Starts the service on a local AWS, plays the tour, and keeps running.

  npm start                    listens on 127.0.0.1:4566
  npm start -- --port N        listens on another port; 0 means any free port
  npm start -- --once          exits after the tour: 0 if every step succeeded, 1 otherwise
`;

const options = {
  port: { type: "string", default: "4566" },
  once: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const main = async (): Promise<number | undefined> => {
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
    console.error(`--port ${values.port}: must be a number from 0 to 65535.`);
    return 2;
  }
  const calls: Call[] = [];
  const aws = await startLocalAws({ start: new Date(), port, observe: (call) => calls.push(call) }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      console.error(`Port ${port} is in use, perhaps by another npm start. Use another one: npm start -- --port 4567`);
    },
  );
  if (aws === undefined) return 1;
  const stack = await deployStack(aws, randomUUID, tourPolicy);
  serveOverview(stack);
  console.log(`The service runs on a local AWS, ${aws.url}. No call leaves this machine.`);
  try {
    await playTour(stack, calls, (line) => console.log(line));
  } catch (error) {
    if (!(error instanceof TourFailure)) throw error;
    console.error(styleText("red", `\nThe tour failed at: ${error.message}`));
    await aws.stop();
    return 1;
  }
  console.log(styleText("green", "\nThe tour is over. Every step succeeded."));
  if (values.once) {
    await aws.stop();
    return 0;
  }
  console.log(nextSteps(stack, new Date()));
  // From now on the local clock keeps pace with the real one.
  setInterval(() => void aws.clock.advanceBy(1000), 1000);
  return undefined;
};

const status = await main();
if (status !== undefined) process.exit(status);
