import { dirname, relative, resolve, sep } from "node:path";
import tseslint from "typescript-eslint";

const product = ["functions", "shared", "events"];

/** The rule of dependencies, docs/architecture.md: what each folder may import of the project besides itself. */
const mayImport = {
  events: [],
  shared: ["events"],
  functions: ["shared", "events"],
  cli: ["shared", "events"],
  bin: ["cli"],
  middleware: ["shared", "events"],
  // What users of the middleware write: they have nothing of this project but the package.
  examples: [],
  infra: ["shared", "events"],
  "local/aws": ["shared"],
  local: ["local/aws", ...product],
  "local/simulation": ["local", "local/aws", ...product],
  "local/simulate.ts": ["local/simulation"],
  "local/burst": ["local/simulation", "local", "local/aws", ...product],
  "local/burst.ts": ["local/burst", "local/simulation", "shared"],
  bench: ["infra", "local", "local/aws", ...product],
  tests: ["bench", "cli", "infra", "local", "local/aws", ...product],
  "tests/properties": ["tests", "cli", "local/simulation", "local", "local/aws", ...product],
  "tests/simulation": ["tests", "local/simulation", "local/burst", "local", "local/aws", ...product],
};

const segmentsOf = (file) => relative(import.meta.dirname, file).split(sep);

const folderOf = (file) => {
  const path = segmentsOf(file).join("/");
  const folders = Object.keys(mayImport).filter((folder) => path === folder || path.startsWith(`${folder}/`));
  return folders.sort((one, other) => other.length - one.length)[0];
};

const dependencies = {
  create(context) {
    const from = folderOf(context.filename);
    const check = ({ source }) => {
      if (from === undefined || !/^\.\.?\//.test(source?.value ?? "")) return;
      const imported = resolve(dirname(context.filename), source.value);
      const to = folderOf(imported);
      const isAnotherFunction = to === "functions" && segmentsOf(imported)[1] !== segmentsOf(context.filename)[1];
      if (from === to ? !isAnotherFunction : to === undefined || mayImport[from].includes(to)) return;
      context.report({ node: source, message: `Wrong direction, from ${from} to ${to}: see docs/architecture.md.` });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

const clock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Take the time from the clock passed in.",
  },
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: "Take the time from the clock passed in.",
  },
];
const env = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Only an entry point reads the environment.",
};
const client = {
  selector: "NewExpression[callee.name=/Client$/]",
  message: "Build SDK clients in a wiring file and pass them in.",
};
const syntax = (...rules) => ({ "no-restricted-syntax": ["error", ...rules] });

// A later block replaces a rule's options, it does not merge them: hence the repeated lists.
export default tseslint.config(
  { ignores: ["build/", ".serverless/", "coverage/"] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["{functions,shared,events,cli}/**/*.ts"],
    rules: {
      ...syntax(...clock, env, client),
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  { files: ["functions/*/wiring.ts", "cli/wiring.ts"], rules: syntax(...clock, env) },
  { files: ["functions/*/index.ts", "cli/mfactl.ts"], rules: syntax(...clock, client) },
  { files: ["shared/clock.ts"], rules: syntax(env, client) },
  { plugins: { project: { rules: { dependencies } } }, rules: { "project/dependencies": "error" } },
  {
    files: ["events/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^(@aws-sdk/|node:)", message: "Events stand by themselves." }] },
      ],
    },
  },
  { files: ["**/*.{mjs,cjs}"], ...tseslint.configs.disableTypeChecked },
);
