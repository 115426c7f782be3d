import { afterEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { checkParameters, type Deployment } from "../../infra/check-parameters.ts";
import { parseStageFile } from "../../infra/stage-file.ts";

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
  regions: ["eu-west-1", "us-east-1", "cn-north-1"],
  stageFile: parseStageFile("config/prod.yml", "# first\ngracePeriod: 1d\n"),
  commandNames: [],
  resources: [],
};

const referencePool = {
  userPoolId: "",
  sesIdentityArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  mailFrom: "受付 <no-reply@example.com>",
  appDomain: "app.example.com",
  loginDomainPrefix: "example-login",
};

const missingFile = { path: "config/prd.yml", exists: false, values: {}, lines: new Map<string, number>(), faults: [] };
const stageFile = (text: string) => check({ stageFile: parseStageFile("config/prod.yml", text) });

const check = (changed: Partial<Deployment>) => () => checkParameters({ ...deployment, ...changed });
const withParameters = (parameters: Deployment["parameters"]) =>
  check({ parameters: { ...deployment.parameters, ...parameters } });

describe("checkParameters", () => {
  it("accepts a complete deployment", () => {
    expect(check({})).not.toThrow();
  });

  it("takes a topic instead of an address", () => {
    const alarmTopicArn = "arn:aws-cn:sns:cn-north-1:123456789012:alarms";
    const region = "cn-north-1";
    const parameters = { ...deployment.parameters, userPoolId: "cn-north-1_AbCdEfGhI", alarmEmail: "", alarmTopicArn };
    expect(check({ region, parameters })).not.toThrow();
  });

  it("takes the description of the reference pool instead of a pool", () => {
    expect(withParameters(referencePool)).not.toThrow();
  });

  it.each([
    { mailFrom: "Example <no-reply@mail.Example.com>" },
    { sesIdentityArn: "arn:aws:ses:eu-west-1:123456789012:identity/no-reply@example.com" },
  ])("takes a sender that its identity sends for: %j", (parameters) => {
    expect(withParameters({ ...referencePool, ...parameters })).not.toThrow();
  });

  it("names everything that the description of the reference pool lacks", () => {
    const lacking = withParameters({ userPoolId: "", appDomain: "app.example.com" });
    expect(lacking).toThrow(/sesIdentityArn is missing[^]*mailFrom is missing[^]*loginDomainPrefix is missing/);
  });

  it.each([
    [{ sesIdentityArn: "example.com" }, "must be the ARN of a verified SES identity"],
    [{ mailFrom: "no-reply@example.com" }, "must be a display name and an address"],
    [{ appDomain: "https://app.example.com" }, "must be the domain name of the application"],
    [{ loginDomainPrefix: "Example" }, "must be 1 to 63 lower-case letters"],
    [{ loginDomainPrefix: "my-cognito" }, "must not contain the words"],
    [{ sesIdentityArn: "arn:aws-cn:ses:eu-west-1:123456789012:identity/example.com" }, "must begin with arn:aws:"],
    [{ mailFrom: "Example <no-reply@example.org>" }, "SES cannot send from this address with the identity example.com"],
    [{ mailFrom: "Example <no-reply@badexample.com>" }, "SES cannot send from this address"],
    [{ userPoolId: "eu-west-1_AbCdEfGhI" }, "mailFrom is given, but belongs to the reference pool"],
    [
      {
        sesIdentityArn: "arn:aws:ses:eu-west-1:123456789012:identity/no-reply@example.com",
        mailFrom: "A <a@example.com>",
      },
      "SES cannot send from this address",
    ],
  ])("refuses %j of the reference pool", (parameters, fault) => {
    expect(withParameters({ ...referencePool, ...parameters })).toThrow(fault);
  });

  it.each([
    [{ gracePeriod: "31d" }, 'gracePeriod is "31d": must be a duration from 0 to 30d'],
    [{ enrol: "yes" }, 'enrol is "yes": must be true or false'],
    [{ userPoolId: "" }, "userPoolId is missing"],
    [{ userPoolId: "my-pool" }, "must be the id of a user pool"],
    [{ userPoolId: "us-east-1_AbCdEfGhI" }, "must be a pool in the stack's Region, eu-west-1"],
    [{ alarmEmail: "security" }, "must be an email address"],
    [{ alarmTopicArn: "alarms" }, "must be the ARN of a standard SNS topic"],
    [{ alarmEmail: "" }, "alarmEmail or alarmTopicArn is missing"],
    [{ alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:alarms" }, "are both given"],
    [{ drill: "off" }, 'drill is "off": must be true or false'],
    [{ drill: false, drillUser: "drill" }, "drillUser is given, but drill is false"],
    [{ drillEmail: `${"d".repeat(52)}@example.com` }, "must have at most 51 characters before the @"],
    [{ formerUserPoolId: "old" }, "must be the id of a user pool"],
    [{ unusualResets: "0" }, "must be a whole number from 1"],
  ])("refuses %j", (parameters, fault) => {
    expect(withParameters(parameters)).toThrow(fault);
  });

  it.each([
    ["arn:aws:sns:us-east-1:123456789012:alarms", "must be a topic in the stack's Region, eu-west-1"],
    ["arn:aws-cn:sns:eu-west-1:123456789012:alarms", "must begin with arn:aws:"],
    ["arn:aws:sns:eu-west-1:12345:alarms", "must be the ARN of a standard SNS topic"],
    ["arn:aws:sns:eu-west-1:123456789012:alarms.fifo", "must be the ARN of a standard SNS topic"],
  ])("refuses %s, to which no alarm of the stack can go", (alarmTopicArn, fault) => {
    expect(withParameters({ alarmEmail: "", alarmTopicArn })).toThrow(fault);
  });

  it("refuses days that CloudWatch does not keep logs for", () => {
    expect(withParameters({ logRetentionDays: "401" })).toThrow("365, 400, 545");
    expect(withParameters({ logRetentionDays: 400 })).not.toThrow();
  });

  it("refuses a Region that is none, and says which may be meant", () => {
    expect(check({ region: "eu-wst-1" })).toThrow('--region: "eu-wst-1" is not an AWS Region. Did you mean eu-west-1?');
    expect(check({ region: "mars" })).toThrow("The Regions are: eu-west-1, us-east-1");
  });

  it("refuses a stage that makes a name too long for AWS, and says how long it may be", () => {
    const named = (stage: string) =>
      check({
        stage,
        resources: [
          { Type: "AWS::SQS::Queue", Properties: { QueueName: `service-${stage}-${"q".repeat(50)}` } },
          { Type: "AWS::Lambda::Function", Properties: { FunctionName: `service-${stage}-${"f".repeat(40)}` } },
          { Type: "AWS::IAM::Role", Properties: { RoleName: { "Fn::Sub": "x".repeat(100) } } },
        ],
      });
    expect(named("fifteen--------")).not.toThrow();
    expect(named("sixteen---------")).toThrow(
      /^ {2}--stage: the stage "sixteen---------" has 16 characters, but at most 15 fit/m,
    );
  });

  it.each(["gracePriod", "graceperiod", "grace_period"])("says which parameter %s may be", (name) => {
    expect(stageFile(`# first\n${name}: 1d`)).toThrow(
      `config/prod.yml:2: ${name} is not a parameter. Did you mean gracePeriod?`,
    );
    expect(check({ commandNames: [name] })).toThrow(`--param: ${name} is not a parameter. Did you mean gracePeriod?`);
  });

  it("lists the parameters when it knows none that is like it", () => {
    expect(check({ commandNames: ["foo"] })).toThrow("foo is not a parameter. The parameters are: gracePeriod, enrol");
  });

  it("says where the value of a fault was given: --param wins over the file", () => {
    const faulty = { parameters: { ...deployment.parameters, gracePeriod: "31d" } };
    expect(check(faulty)).toThrow('config/prod.yml:2: gracePeriod is "31d"');
    expect(check({ ...faulty, commandNames: ["gracePeriod"] })).toThrow('--param: gracePeriod is "31d"');
  });

  it("refuses an address for new users of the drill together with a standing one", () => {
    const parameters = { ...deployment.parameters, drillUser: "drill", drillEmail: "drill@example.com" };
    expect(check({ parameters })).not.toThrow();
    expect(check({ parameters, commandNames: ["drillEmail"] })).toThrow(
      "--param: drillEmail and drillUser are both given",
    );
  });

  it("refuses a stage without a file", () => {
    expect(check({ stage: "prd", stageFile: missingFile })).toThrow("config/prd.yml does not exist");
  });

  it.each([
    ["", "config/prod.yml:1: the file is empty"],
    ["\n- gracePeriod: 1d", "config/prod.yml:2: the file contains a list"],
    ["null", "config/prod.yml:1: the file contains a single value"],
    ["enrol: true\ngracePeriod: [1d]", "config/prod.yml:2: gracePeriod is a list: use a single value"],
    ["gracePeriod: { a: 1d }", "config/prod.yml:1: gracePeriod is a map: use a single value"],
    ["gracePeriod:", "config/prod.yml:1: gracePeriod has no value"],
    ["enrol: true\nenrol: false", "config/prod.yml:2: this is not YAML: Map keys must be unique"],
    ["enrol: true\ngracePeriod: !Ref x", "config/prod.yml:2: this is not YAML: Unresolved tag"],
  ])("refuses the file %j", (text, fault) => {
    expect(stageFile(text)).toThrow(fault);
  });

  it("takes a file of comments, and values of every kind as they are written", () => {
    expect(parseStageFile("", "# nothing here").faults).toEqual([]);
    expect(parseStageFile("", "a: 1d\nb: true\nc: 10\nd: 007\ne: off").values).toEqual({
      a: "1d",
      b: true,
      c: "10",
      d: "007",
      e: "off",
    });
  });

  it("refuses what a variable of the framework made of a parameter", () => {
    expect(withParameters({ gracePeriod: ["1d"] })).toThrow('gracePeriod is ["1d"]: use a single value');
  });

  it("names every fault at once", () => {
    const faulty = { gracePeriod: "soon", userPoolId: "", alarmEmail: "" };
    const everyFault = /gracePeriod is "soon"[^]*userPoolId is missing[^]*alarmEmail or alarmTopicArn/;
    expect(withParameters(faulty)).toThrow(everyFault);
  });
});

describe("serverless package", () => {
  const stage = `faulty-${"-".repeat(20)}`;
  afterEach(() => rm(`config/${stage}.yml`, { force: true }));
  const packaged = (...args: string[]) => promisify(execFile)("node_modules/.bin/serverless", ["package", ...args]);

  it("names what the framework and AWS would refuse, together with all else and before them", async () => {
    const text = "logRetentionDays: 401\ngracePeriod: [1d]\nmaxWindow: 31d\nuserPoolId: us-west-2_AbCdEfGhI\n";
    await writeFile(`config/${stage}.yml`, text);
    const everyFault = [
      `config/${stage}.yml:2: gracePeriod is a list`,
      '--region: "eu-wst-1" is not an AWS Region. Did you mean eu-west-1?',
      `the FunctionName "cognito-mfa-lifecycle-${stage}-post-authentication"`,
      "--param: gracePriod is not a parameter. Did you mean gracePeriod?",
      `config/${stage}.yml:3: maxWindow is "31d"`,
      `config/${stage}.yml:1: logRetentionDays is "401"`,
      `config/${stage}.yml:4: userPoolId is "us-west-2_AbCdEfGhI"`,
      "alarmEmail or alarmTopicArn is missing",
    ];
    const args = ["--stage", stage, "--region", "eu-wst-1", "--param", "gracePriod=1d"];
    const outcome = await packaged(...args).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 1 });
    for (const fault of everyFault) expect(outcome).toMatchObject({ stdout: expect.stringContaining(fault) });
  }, 60_000);

  it.each(["", "- gracePeriod"])(
    "names the fault of the file %j, and what else is missing",
    async (text) => {
      await writeFile(`config/${stage}.yml`, text);
      await expect(packaged("--stage", stage)).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/\.yml:1: the file [^]*userPoolId is missing[^]*alarmEmail or alarmTopicArn/),
      });
    },
    60_000,
  );
});
