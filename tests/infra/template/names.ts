import { describe, expect, it } from "@jest/globals";
import { limits } from "../../../infra/check-names.ts";
import type { Packaged } from "../../support/packaged-template.ts";

export const describeNames = (packaged: Packaged) =>
  describe("has names that", () => {
    it("hold the stage only where packaging knows how long AWS lets them be", () => {
      const held = Object.values(packaged.template.Resources).flatMap(({ Type, Properties }) =>
        Object.entries(Properties ?? {})
          .filter(([, value]) => typeof value === "string" && value.includes("lifecycle-prod"))
          .map(([property]) => ({ Type, property })),
      );
      expect(held.length).toBeGreaterThan(40);
      expect(held.filter(({ Type, property }) => limits[Type]?.[property] === undefined)).toEqual([]);
    });
  });
