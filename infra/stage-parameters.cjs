// check-parameters.ts reports the file's faults, all of them. The framework would report only the first.
module.exports = async ({ resolveVariable }) => {
  const { tsImport } = await import("tsx/esm/api");
  const { readStageFile } = await tsImport("./stage-file.ts", __filename);
  const { values } = await readStageFile(`${__dirname}/..`, await resolveVariable("sls:stage"));
  return values;
};
