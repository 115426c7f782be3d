module.exports = async ({ resolveConfigurationProperty }) => {
  const { tsImport } = await import("tsx/esm/api");
  const { deriveParameters } = await tsImport("./derive-parameters.ts", __filename);
  return deriveParameters(await resolveConfigurationProperty(["custom", "parameters"]));
};
