import { describe } from "@jest/globals";
import { packageService, type Packaged } from "../support/packaged-template.ts";
import { describeAlarms } from "./template/alarms.ts";
import { describeDashboard } from "./template/dashboard.ts";
import { describeDeployments } from "./template/deployments.ts";
import { describeDrills } from "./template/drills.ts";
import { describeFunctions } from "./template/functions.ts";
import { describeHops } from "./template/hops.ts";
import { describeLeastPrivilege } from "./template/least-privilege.ts";
import { describeNames } from "./template/names.ts";
import { describeOperatorPolicies } from "./template/operator-policies.ts";
import { describeOutputs } from "./template/outputs.ts";
import { describePermissions } from "./template/permissions.ts";
import { describePool } from "./template/pool.ts";
import { describeStorage } from "./template/storage.ts";
import { type Variant, variants } from "./template/variants.ts";

const packaged: [string, Variant, Packaged][] = [];
for (const variant of variants) {
  const given = variant.parameters.flatMap((parameter) => ["--param", parameter]);
  packaged.push([variant.name, variant, await packageService("--stage", "prod", "--region", "eu-west-1", ...given)]);
}

describe.each(packaged)("the template for %s", (_name, variant, packaged) => {
  describeFunctions(packaged);
  describeNames(packaged);
  describeHops(packaged);
  describeStorage(packaged, variant);
  describePermissions(packaged, variant);
  describePool(packaged, variant);
  describeAlarms(packaged, variant);
  describeDashboard(packaged);
  describeOutputs(packaged, variant);
  if (variant === variants[0]) {
    describeLeastPrivilege(packaged, variant);
    describeOperatorPolicies(packaged, variant);
  }
});

// In one file, because two commands at once would bundle into the same folder.
describeDeployments();
describeDrills();
