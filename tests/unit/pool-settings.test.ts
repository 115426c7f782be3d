import { describe, expect, it } from "@jest/globals";
import { differences, memberPaths } from "../../cli/pool/member-values.ts";
import { poolSettings } from "../../cli/pool/pool-settings.ts";
import { planAttach, planDetach, withChanges } from "../../cli/pool/triggers.ts";

const arn = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const ours = {
  CustomMessage: arn("custom-message"),
  PostConfirmation: arn("post-confirmation"),
  PostAuthentication: arn("post-authentication"),
};

describe("the settings of a pool", () => {
  it("are the members of UpdateUserPool, with the name and without read-only members", () => {
    const settings = poolSettings({
      Id: "us-east-1_A",
      Arn: "arn",
      Name: "staff",
      EstimatedNumberOfUsers: 7,
      UserPoolTier: "PLUS",
      UserPoolAddOns: { AdvancedSecurityMode: "ENFORCED" },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
    });
    expect(JSON.parse(JSON.stringify(settings))).toEqual({
      PoolName: "staff",
      UserPoolTier: "PLUS",
      UserPoolAddOns: { AdvancedSecurityMode: "ENFORCED" },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
    });
  });

  it("name the life of a temporary password once, in its old place only where the new one is empty", () => {
    const AdminCreateUserConfig = { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 3 };
    const both = poolSettings({
      AdminCreateUserConfig,
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
    });
    expect(both.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
    expect(poolSettings({ AdminCreateUserConfig }).AdminCreateUserConfig).toEqual(AdminCreateUserConfig);
  });
});

describe("differences", () => {
  it("are found at any depth, and are none where a list is in another order, or is empty", () => {
    expect(differences({ a: { b: 1, c: [1, { d: 2 }] } }, { a: { b: 2, c: [{ d: 2 }, 1] } })).toEqual(["a.b"]);
    expect(differences({ a: [], b: {} }, { c: undefined })).toEqual([]);
    expect(differences({ a: ["x"] }, {})).toEqual(["a"]);
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 2 }] })).toEqual(["a"]);
  });
});

describe("memberPaths", () => {
  it("names every member, without the indexes of lists and without nulls", () => {
    expect(memberPaths({ a: [{ b: 1 }, { c: null }], d: { e: "x" } })).toEqual(["a", "a.b", "d", "d.e"]);
  });
});

describe("attaching and detaching", () => {
  const other = {
    PreTokenGenerationConfig: { LambdaArn: arn("tokens"), LambdaVersion: "V2_0" as const },
    CustomEmailSender: { LambdaArn: arn("mail"), LambdaVersion: "V1_0" as const },
    KMSKeyID: "arn:aws:kms:us-east-1:111122223333:key/k",
    PostConfirmation: arn("theirs"),
  };

  it("keep every other trigger, and restore the displaced one", () => {
    const attach = planAttach(other, { team: "a" }, ours);
    expect(attach.taken.map(({ trigger }) => trigger)).toEqual(["PostConfirmation"]);
    const attached = withChanges(other, attach.changes);
    expect(attached).toEqual({ ...other, ...ours });
    const detach = planDetach(attached, attach.tags, ours);
    expect(differences(withChanges(attached, detach.changes), other)).toEqual([]);
    expect(detach.tags).toEqual({ team: "a" });
  });

  it("recognise an alias of the service's function, and leave other functions alone", () => {
    const aliased = {
      ...ours,
      CustomMessage: `${ours.CustomMessage}:live`,
      PostConfirmation: arn("post-confirmation-2"),
    };
    expect(planAttach(aliased, {}, ours).changes.map(({ trigger }) => trigger)).toEqual(["PostConfirmation"]);
    expect(planDetach(aliased, {}, ours).changes.map(({ trigger }) => trigger)).toEqual([
      "CustomMessage",
      "PostAuthentication",
    ]);
  });
});
