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

const referencePool = {
  userPoolId: "",
  sesIdentityArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  mailFrom: "受付 <no-reply@example.com>",
  appDomain: "app.example.com",
  loginDomainPrefix: "example-login",
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

  it("takes the description of the reference pool instead of a pool", () => {
    expect(withParameters(referencePool)).not.toThrow();
  });

  it("names everything that the description of the reference pool lacks", () => {
    const lacking = withParameters({ userPoolId: "", appDomain: "app.example.com" });
    expect(lacking).toThrow(/sesIdentityArn is missing[^]*mailFrom is missing[^]*loginDomainPrefix is missing/);
  });

  it.each([
    [{ sesIdentityArn: "example.com" }, "must be the ARN of a verified SES identity"],
    [{ mailFrom: "no-reply@example.com" }, "must be a display name and an address"],
    [{ appDomain: "https://app.example.com" }, "must be the domain name of the application"],
    [{ loginDomainPrefix: "Example" }, "must be 1 to 63 small letters"],
    [{ loginDomainPrefix: "my-cognito" }, "must not hold the words"],
    [{ userPoolId: "eu-west-1_AbCdEfGhI" }, "mailFrom is given, but belongs to the reference pool"],
  ])("refuses %j of the reference pool", (parameters, fault) => {
    expect(withParameters({ ...referencePool, ...parameters })).toThrow(fault);
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
    [{ alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:alarms" }, "are both given"],
    [{ unusualResets: "0" }, "must be a whole number from 1"],
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
