import { dirname, relative, resolve, sep } from "node:path";
import tseslint from "typescript-eslint";

const product = ["functions", "shared", "events"];

const localAws = "packages/local-aws";

/** The rule of dependencies, docs/architecture.md: what each folder may import of the project besides itself. */
const mayImport = {
  events: [],
  shared: ["events"],
  functions: product,
  cli: ["shared", "events"],
  bin: ["cli"],
  infra: ["shared", "events"],
  // What users of the middleware write: they have nothing of this project but the package.
  examples: [],
  "packages/trigger-middleware": ["shared", "events"],
  [localAws]: [],
  local: [localAws, ...product],
  simulation: [localAws, "local", ...product],
  bench: [localAws, "local", "infra", ...product],
  tests: [localAws, "local", "simulation", "bench", "cli", "infra", ...product],
};

const segmentsOf = (file) => relative(import.meta.dirname, file).split(sep);

const folderOf = (file) => {
  const path = segmentsOf(file).join("/");
  return Object.keys(mayImport).find((folder) => path.startsWith(`${folder}/`));
};

/** The folder of ours that a module is imported from; undefined for a module of somebody else's. */
const importedFrom = (source, file) => {
  if (source.startsWith("@cognito-mfa-lifecycle/local-aws")) return { folder: localAws };
  if (!/^\.\.?\//.test(source)) return undefined;
  const path = resolve(dirname(file), source);
  return { folder: folderOf(path), path };
};

const dependencies = {
  create(context) {
    const from = folderOf(context.filename);
    const check = ({ source }) => {
      const imported = importedFrom(source?.value ?? "", context.filename);
      if (from === undefined || imported === undefined) return;
      const { folder: to, path } = imported;
      const isAnotherFunction = to === "functions" && segmentsOf(path)[1] !== segmentsOf(context.filename)[1];
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
  {
    files: ["{functions,shared,events,cli}/**/*.ts"],
    rules: { "max-lines": ["error", { max: 250 }], "max-lines-per-function": ["error", { max: 60 }] },
  },
  { files: ["{functions,shared,cli}/**/wiring.ts"], rules: syntax(...clock, env) },
  { files: ["functions/*/index.ts", "cli/mfactl.ts"], rules: syntax(...clock, client) },
  { files: ["shared/runtime/clock.ts"], rules: syntax(env, client) },
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
