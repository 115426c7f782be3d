import { describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkParameters, type Deployment } from "../../infra/check-parameters.ts";

const deployment: Deployment = {
  stage: "prod",
  region: "eu-west-1",
  parameters: {
    gracePeriod: "1d",
    enrol: false,
    reEnableRate: 10,
    userPoolId: "eu-west-1_AbCdEfGhI",
    alarmEmail: "security@example.com",
    alarmTopicArn: "",
  },
  stageNames: ["gracePeriod"],
  commandNames: [],
};

const check = (changed: Partial<Deployment>) => () => checkParameters({ ...deployment, ...changed });
const withParameters = (parameters: Deployment["parameters"]) =>
  check({ parameters: { ...deployment.parameters, ...parameters } });

describe("checkParameters", () => {
  it("accepts a complete deployment", () => {
    expect(check({})).not.toThrow();
  });

  it("takes a topic instead of an address", () => {
    const alarmTopicArn = "arn:aws-cn:sns:cn-north-1:123456789012:alarms";
    expect(withParameters({ alarmEmail: "", alarmTopicArn })).not.toThrow();
  });

  it.each([
    [{ gracePeriod: "31d" }, 'gracePeriod is "31d": must be a duration from 0 to 30d'],
    [{ enrol: "yes" }, 'enrol is "yes": must be true or false'],
    [{ userPoolId: "" }, "userPoolId is missing"],
    [{ userPoolId: "my-pool" }, "must be the id of a user pool"],
    [{ userPoolId: "us-east-1_AbCdEfGhI" }, "must be a pool in the region of the stack, which is eu-west-1"],
    [{ alarmEmail: "security" }, "must be an email address"],
    [{ alarmTopicArn: "alarms" }, "must be the ARN of an SNS topic"],
    [{ alarmEmail: "" }, "alarmEmail or alarmTopicArn is missing"],
  ])("refuses %j", (parameters, fault) => {
    expect(withParameters(parameters)).toThrow(fault);
  });

  it("refuses a misspelt parameter, wherever it was given", () => {
    expect(check({ stageNames: ["gracePriod"] })).toThrow("gracePriod is not a parameter");
    expect(check({ commandNames: ["gracePriod"] })).toThrow("gracePriod is not a parameter");
  });

  it("refuses a stage without a file", () => {
    expect(check({ stage: "prd", stageNames: undefined })).toThrow("config/prd.yml does not exist");
  });

  it("names every fault at once", () => {
    const faulty = { gracePeriod: "soon", userPoolId: "", alarmEmail: "" };
    const everyFault = /gracePeriod is "soon"[^]*userPoolId is missing[^]*alarmEmail or alarmTopicArn/;
    expect(withParameters(faulty)).toThrow(everyFault);
  });

  it("is what serverless package does first", async () => {
    const args = ["package", "--stage", "prod", "--param", "gracePeriod=31d"];
    await expect(promisify(execFile)("node_modules/.bin/serverless", args)).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/gracePeriod is "31d"[^]*userPoolId is missing[^]*alarmEmail or alarmTopicArn/),
    });
  }, 60_000);
});
