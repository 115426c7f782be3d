import tseslint from "typescript-eslint";

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
const imports = (regex) => ({
  "no-restricted-imports": [
    "error",
    { patterns: [{ regex, message: "Wrong direction of dependency, see docs/architecture.md." }] },
  ],
});

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
  { files: ["functions/**/*.ts"], rules: imports("^\\.\\./(?!\\.\\./(shared|events)/)") },
  { files: ["cli/**/*.ts"], rules: imports("/(functions|local|infra|tests|bench)/") },
  { files: ["shared/**/*.ts"], rules: imports("/(functions|cli|local|infra|tests|bench)/") },
  { files: ["events/**/*.ts"], rules: imports("^(\\.\\./|@aws-sdk/|node:)") },
  { files: ["{local,infra}/**/*.ts"], rules: imports("/(tests|bench)/") },
  { files: ["bench/**/*.ts"], rules: imports("/tests/") },
  { files: ["**/*.{mjs,cjs}"], ...tseslint.configs.disableTypeChecked },
);
