import { describe, expect, it } from "@jest/globals";
import { windowsTable } from "../../../local/windows-table.ts";
import { day } from "../../../shared/config/duration.ts";
import { parsePolicy } from "../../../shared/config/policy.ts";
import { openAttributes, overdueRefFrom } from "../../../shared/windows/window-items.ts";
import { openWindow } from "../../../shared/windows/window.ts";
import type { Packaged } from "../../support/packaged-template.ts";
import type { Variant } from "./variants.ts";

interface Table {
  GlobalSecondaryIndexes: {
    IndexName: string;
    KeySchema: { AttributeName: string }[];
    Projection: { NonKeyAttributes: string[] };
  }[];
}

const kept = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" };

export const describeStorage = (packaged: Packaged, variant: Variant) =>
  describe("keeps", () => {
    it("a table with recovery, protection, encryption and expiry, when the stack goes", () => {
      expect(packaged.template.Resources.WindowsTable).toMatchObject({
        ...kept,
        Properties: {
          BillingMode: "PAY_PER_REQUEST",
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
          TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
        },
      });
    });

    it("a table with the keys and the index of the local one", () => {
      expect(packaged.one("AWS::DynamoDB::Table", "WindowsTable")).toMatchObject(windowsTable);
    });

    it("table and pool through every update, by a stack policy that allows the rest", () => {
      const of = (effect: string) => packaged.stackPolicy.filter(({ Effect }) => Effect === effect);
      expect(of("Allow")).toEqual([{ Effect: "Allow", Principal: "*", Action: ["Update:*"], Resource: "*" }]);
      expect(of("Deny")).toEqual([
        {
          Effect: "Deny",
          Principal: "*",
          Action: ["Update:Replace", "Update:Delete"],
          Resource: "*",
          Condition: { StringEquals: { ResourceType: ["AWS::DynamoDB::Table", "AWS::Cognito::UserPool"] } },
        },
      ]);
      const made = Object.values(packaged.template.Resources).map(({ Type }) => Type);
      expect(made).toContain("AWS::DynamoDB::Table");
      expect(made.includes("AWS::Cognito::UserPool")).toBe(variant.pool === "ReferencePool.Arn");
    });

    it("in its index all that reconcile reads", () => {
      const now = new Date("2026-01-15T10:00:00.000Z");
      const user = { userPoolId: "eu-west-1_Example00", sub: "sub", username: "name", factors: { active: [] } };
      const opened = {
        windowId: "id",
        user,
        origin: "drift",
        at: now,
        gracePeriod: day,
        policy: parsePolicy({}),
        now,
      } as const;
      const item = openAttributes({ ...openWindow(opened), attempts: 1, nextTryAt: now });
      const indexes = packaged.one<Table>("AWS::DynamoDB::Table", "WindowsTable").GlobalSecondaryIndexes;
      expect(indexes.map(({ IndexName }) => IndexName)).toEqual(["due"]);
      const held = indexes.flatMap(({ KeySchema, Projection }) => [
        ...KeySchema.map(({ AttributeName }) => AttributeName),
        ...Projection.NonKeyAttributes,
      ]);
      const inIndex = Object.fromEntries(Object.entries(item).filter(([name]) => held.includes(name)));
      expect(overdueRefFrom(inIndex)).toBeDefined();
      expect(overdueRefFrom(inIndex)).toEqual(overdueRefFrom(item));
    });

    it("the group with the timers and the audit, when the stack goes", () => {
      expect(packaged.template.Resources.ScheduleGroup).toMatchObject(kept);
      expect(packaged.template.Resources.AuditLogGroup).toMatchObject(kept);
    });

    if (variant.topic === "AlarmTopic") {
      it("what alarms say encrypted, with a key that CloudWatch may use", () => {
        expect(packaged.template.Resources.AlarmTopic?.Properties).toMatchObject({
          KmsMasterKeyId: { Ref: "AlarmTopicKey" },
        });
        expect(packaged.template.Resources.AlarmTopicKey?.Properties).toMatchObject({ EnableKeyRotation: true });
      });
    } else {
      it("to the topic it was given, and makes neither topic nor key", () => {
        for (const type of ["AWS::SNS::Topic", "AWS::KMS::Key", "AWS::SNS::Subscription"]) {
          expect(packaged.all(type)).toEqual([]);
        }
      });
    }
  });
