import { stat } from "node:fs/promises";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";

const load = (module) => tsImport(module, import.meta.url);

/** Before the Serverless Framework packages: checks the parameters, bundles the functions. After it: says what they weigh. */
export default class PackagingPlugin {
  constructor(serverless, options, { writeText }) {
    this.serverless = serverless;
    this.writeText = writeText;
    this.hooks = {
      "before:package:cleanup": () => this.checkParameters(),
      "before:package:createDeploymentArtifacts": () => this.bundle(),
      "before:package:function:package": async () => {
        await this.checkParameters();
        await this.bundle();
      },
      "after:package:createDeploymentArtifacts": () => this.printSizes(),
    };
  }

  async checkParameters() {
    const { service, configurationInput, processedInput } = this.serverless;
    const provider = this.serverless.getProvider("aws");
    const { checkParameters } = await load("./check-parameters.ts");
    const stageParameters = configurationInput.params.default;
    try {
      checkParameters({
        stage: provider.getStage(),
        region: provider.getRegion(),
        parameters: service.custom.parameters,
        stageNames: stageParameters === null ? undefined : Object.keys(stageParameters),
        commandNames: (processedInput.options.param ?? []).map((parameter) => parameter.split("=")[0]),
      });
    } catch (error) {
      if (error.name !== "SettingsError") throw error;
      throw new this.serverless.classes.Error(error.message, "WRONG_PARAMETERS");
    }
  }

  async bundle() {
    const { bundleFunctions } = await load("./bundle-functions.ts");
    this.bundles = await bundleFunctions(join(this.serverless.serviceDir, "build"));
  }

  async printSizes() {
    const rows = await Promise.all(
      this.bundles.map(async ({ name, bytes }) => {
        const zip = await stat(this.serverless.service.getFunction(name).package.artifact);
        return [name, kilobytes(bytes), kilobytes(zip.size)];
      }),
    );
    this.writeText(
      [["function", "bundle", "zip"], ...rows].map(
        ([name, bundle, zip]) => `${name.padEnd(24)}${bundle.padStart(12)}${zip.padStart(12)}`,
      ),
    );
  }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
