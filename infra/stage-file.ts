import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

/** A parameter's value. */
type ParameterValue = string | number | boolean;

/** The content of `config/<stage>.yml`. */
export interface StageFile {
  /** Relative to the service: `config/prod.yml`. */
  path: string;
  exists: boolean;
  /** The parameters with a single value. A number stays the text in the file, so that 007 does not become 7. */
  values: Record<string, ParameterValue>;
  /** The line of each parameter, also of one without a usable value. Lines count from 1. */
  lines: Map<string, number>;
  /** Sentences that begin with path and line. */
  faults: string[];
}

/** Reads `config/<stage>.yml` of the service in that folder. A missing file has no values and no faults. */
export const readStageFile = async (serviceDir: string, stage: string): Promise<StageFile> => {
  const path = `config/${stage}.yml`;
  try {
    return parseStageFile(path, await readFile(join(serviceDir, path), "utf8"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    return { path, exists: false, values: {}, lines: new Map(), faults: [] };
  }
};

/** Takes the text of a stage's file. Returns the usable values and every fault. A file with only comments has no parameters. */
export const parseStageFile = (path: string, text: string): StageFile => {
  const file: StageFile = { path, exists: true, values: {}, lines: new Map(), faults: [] };
  const lineCounter = new LineCounter();
  const { contents, errors, warnings } = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset = 0) => lineCounter.linePos(offset).line;
  const addFault = (line: number, fault: string) => file.faults.push(`${path}:${line}: ${fault}`);

  for (const { pos, message } of [...errors, ...warnings]) addFault(lineAt(pos[0]), `this is not YAML: ${message}.`);
  if (text.trim() === "") addFault(1, "the file is empty. Start with a copy of config/prod.yml.");
  if (contents === null) return file;
  if (!isMap(contents)) {
    addFault(
      lineAt(contents.range?.[0]),
      `the file contains ${kindOf(contents)}. Write each parameter as name: value.`,
    );
    return file;
  }
  for (const { key, value: node } of contents.items) {
    const name = String(key);
    const line = lineAt(isNode(key) ? key.range?.[0] : undefined);
    file.lines.set(name, line);
    const value = isScalar(node) ? valueOf(node) : undefined;
    if (value !== undefined) file.values[name] = value;
    else if (isNode(node) && !isScalar(node)) addFault(line, `${name} is ${kindOf(node)}: use a single value.`);
    else addFault(line, `${name} has no value. Add one, or remove the line.`);
  }
  return file;
};

const valueOf = ({ value, source }: { value: unknown; source?: string }): ParameterValue | undefined => {
  if (typeof value === "number") return source ?? value;
  return typeof value === "string" || typeof value === "boolean" ? value : undefined;
};

const kindOf = (node: unknown): string => {
  if (isSeq(node)) return "a list";
  if (isMap(node)) return "a map";
  return isAlias(node) ? "an alias" : "a single value";
};
