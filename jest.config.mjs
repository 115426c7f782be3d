/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/{tests,packages}/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2022", parser: { syntax: "typescript" }, experimental: { keepImportAttributes: true } } },
    ],
  },
  // A slow machine is no failure: only what hangs is.
  testTimeout: 60_000,
  maxWorkers: "100%",
  transformIgnorePatterns: ["/node_modules/"],
};
