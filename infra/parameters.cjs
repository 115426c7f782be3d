// What --param and config/<stage>.yml say, and for the others the default.
module.exports = async ({ resolveVariable }) => {
  const { tsImport } = await import("tsx/esm/api");
  const { parameterDefaults } = await tsImport("./parameter-defaults.ts", __filename);
  const parameters = {};
  for (const [name, value] of Object.entries(parameterDefaults)) {
    const quoted = typeof value === "string" ? `'${value}'` : value;
    parameters[name] = await resolveVariable(`param:${name}, ${quoted}`);
  }
  return parameters;
};
