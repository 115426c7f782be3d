import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";

const load = (module) => tsImport(module, import.meta.url);

/**
 * Checks the parameters and bundles the functions before the Serverless Framework validates and packages, and prints their sizes
 * afterwards. Before a deployment, refuses to leave a pool with open windows behind.
 */
export default class PackagingPlugin {
  constructor(serverless, options, { writeText }) {
    this.serverless = serverless;
    this.writeText = writeText;
    this.hooks = {
      "before:package:createDeploymentArtifacts": () => this.bundle(),
      "before:package:function:package": () => this.bundle(),
      "after:package:createDeploymentArtifacts": () => this.printSizes(),
      // With --package, the deployment was packaged earlier, so the template names the pool.
      "before:aws:deploy:deploy:createStack": () =>
        this.checkPool(this.serverless.service.provider.compiledCloudFormationTemplate.Outputs.UserPoolId.Value),
      "before:deploy:function:initialize": () => this.checkPool(this.serverless.service.custom.pool.id),
    };
    this.checkBeforeValidation();
  }

  /** The framework validates before any hook and would report only its own faults. */
  checkBeforeValidation() {
    const { service, processedInput } = this.serverless;
    const validate = service.validate.bind(service);
    service.validate = async () => {
      if (["package", "deploy", "deploy function"].includes(processedInput.command)) await this.checkParameters();
      return validate();
    };
  }

  async checkParameters() {
    const { service, serviceDir, processedInput, configSchemaHandler } = this.serverless;
    const provider = this.serverless.getProvider("aws");
    const { checkParameters } = await load("./check-parameters.ts");
    const { readStageFile } = await load("./stage-file.ts");
    const functions = service.getAllFunctions().map((name) => service.getFunction(name));
    try {
      checkParameters({
        stage: provider.getStage(),
        region: provider.getRegion(),
        regions: configSchemaHandler.schema.properties.provider.properties.region.enum,
        parameters: service.custom.parameters,
        stageFile: await readStageFile(serviceDir, provider.getStage()),
        commandNames: (processedInput.options.param ?? []).map((parameter) => parameter.split("=")[0]),
        resources: [
          { Type: "AWS::CloudFormation::Stack", Properties: { StackName: provider.naming.getStackName() } },
          ...functions.flatMap(({ name }) => [
            { Type: "AWS::Lambda::Function", Properties: { FunctionName: name } },
            { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: provider.naming.getLogGroupName(name) } },
          ]),
          ...Object.values(service.resources.Resources),
        ],
      });
    } catch (error) {
      if (error.name !== "SettingsError") throw error;
      throw new this.serverless.classes.Error(error.message, "WRONG_PARAMETERS");
    }
  }

  async checkPool(outputValue) {
    const { service, classes } = this.serverless;
    const stackName = this.serverless.getProvider("aws").naming.getStackName();
    const { faultOfPoolChange, nextPool } = await load("./change-of-pool.ts");
    const { formerUserPoolId } = service.custom.parameters;
    const fault = faultOfPoolChange(
      stackName,
      await this.deployedOutputs(stackName),
      nextPool(outputValue),
      formerUserPoolId === "" ? undefined : formerUserPoolId,
    );
    if (fault !== undefined) throw new classes.Error(fault, "OTHER_USER_POOL");
  }

  /** The stack's outputs by name. Empty when the stack does not exist or was never completely deployed. */
  async deployedOutputs(StackName) {
    const client = new CloudFormationClient(await this.serverless.getProvider("aws").getAwsSdkV3Config());
    try {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
      const outputs = Stacks[0].Outputs ?? [];
      return Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    } catch (error) {
      if (error.name === "ValidationError" && error.message.includes("does not exist")) return {};
      throw error;
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
