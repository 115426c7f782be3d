import * as v from "valibot";
import { instant as instantSchema } from "../../events/instant.ts";
import type { Clock } from "../../shared/runtime/clock.ts";
import { Failure } from "../exit/failure.ts";

const clockSchema = v.object({ now: instantSchema });

const stackSchema = v.object({
  stackName: v.string(),
  region: v.string(),
  accountId: v.string(),
  outputs: v.record(v.string(), v.string()),
});

const get = async <Schema extends v.GenericSchema>(url: string, schema: Schema): Promise<v.InferOutput<Schema>> => {
  const parsed = await fetch(url)
    .then((response) => response.json())
    .then((body) => v.safeParse(schema, body))
    .catch(() => undefined);
  if (parsed?.success === true) return parsed.output;
  throw new Failure(
    "aws-failed",
    `The local stack does not answer on ${new URL(url).host}.`,
    "Start it in another terminal with npm start. If it uses another port, give --local=PORT.",
  );
};

/** Reads the name and the outputs of the local stack (npm start). Throws a Failure when none answers. */
export const readLocalStack = (endpoint: string) => get(`${endpoint}/_local/stack`, stackSchema);

/** The local stack's clock. It is read at the start and after each sleep. */
export const localClock = async (endpoint: string, { sleep }: Pick<Clock, "sleep">): Promise<Clock> => {
  const read = async () => (await get(`${endpoint}/_local/clock`, clockSchema)).now;
  let now = await read();
  return {
    now: () => now,
    async sleep(milliseconds) {
      await sleep(milliseconds);
      now = await read();
    },
  };
};
