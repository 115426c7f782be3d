// Faults of the file are left to check-parameters.ts to name: the framework would name the first, and nothing else.
module.exports = async ({ resolveVariable }) => {
  const { tsImport } = await import("tsx/esm/api");
  const { readStageFile } = await tsImport("./stage-file.ts", __filename);
  const { values } = await readStageFile(`${__dirname}/..`, await resolveVariable("sls:stage"));
  return values;
};
