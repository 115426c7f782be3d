import * as v from "valibot";
import { invalidParameter } from "./errors.ts";
import type { Attribute } from "./request.ts";

const limits = { min: v.optional(v.string()), max: v.optional(v.string()) };

export const schemaAttribute = v.strictObject({
  Name: v.pipe(v.string(), v.minLength(1), v.maxLength(20), v.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u)),
  AttributeDataType: v.optional(v.picklist(["String", "Number", "DateTime", "Boolean"])),
  DeveloperOnlyAttribute: v.optional(v.literal(false)),
  Mutable: v.optional(v.boolean()),
  Required: v.optional(v.boolean()),
  NumberAttributeConstraints: v.optional(v.strictObject({ MinValue: limits.min, MaxValue: limits.max })),
  StringAttributeConstraints: v.optional(v.strictObject({ MinLength: limits.min, MaxLength: limits.max })),
});
export type SchemaAttribute = v.InferOutput<typeof schemaAttribute>;

const standard = (names: string[], AttributeDataType: "String" | "Number" | "Boolean"): SchemaAttribute[] =>
  names.map((Name) => ({ Name, AttributeDataType, Mutable: true, Required: false }));

const STANDARD_ATTRIBUTES: SchemaAttribute[] = [
  { Name: "sub", AttributeDataType: "String", Mutable: false, Required: true },
  ...standard(["name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"], "String"),
  ...standard(["profile", "picture", "website", "email"], "String"),
  ...standard(["email_verified"], "Boolean"),
  ...standard(["gender", "birthdate", "zoneinfo", "locale", "phone_number"], "String"),
  ...standard(["phone_number_verified"], "Boolean"),
  ...standard(["address"], "String"),
  ...standard(["updated_at"], "Number"),
  ...standard(["identities"], "String"),
];

/**
 * Returns all attributes of a pool: the standard ones, overridden by `declared`, and custom ones as `custom:<name>`.
 */
export const buildSchema = (declared: SchemaAttribute[]): SchemaAttribute[] => {
  const isStandard = (name: string) => STANDARD_ATTRIBUTES.some((attribute) => attribute.Name === name);
  const overridden = STANDARD_ATTRIBUTES.map((attribute) => ({
    ...attribute,
    ...declared.find((candidate) => candidate.Name === attribute.Name),
  }));
  const custom = declared
    .filter((attribute) => !isStandard(attribute.Name))
    .map((attribute) => {
      if (attribute.Required === true)
        throw invalidParameter("Required custom attributes are not supported currently.");
      return { AttributeDataType: "String" as const, Mutable: true, ...attribute, Name: `custom:${attribute.Name}` };
    });
  return [...overridden, ...custom];
};

/** Throws when an attribute is not in the schema or its value does not have the required format. */
export const checkAttributes = (schema: SchemaAttribute[], given: Attribute[]): void => {
  for (const { Name, Value } of given) {
    if (Name === "sub" || Name === "identities")
      throw invalidParameter(`Cannot modify the non-mutable attribute ${Name}`);
    if (!schema.some((attribute) => attribute.Name === Name)) {
      const reason = `Type for attribute {${Name}} could not be determined`;
      throw invalidParameter(`Attributes did not conform to the schema: ${reason}`);
    }
    if (Value === "") continue;
    if (Name === "email" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(Value)) {
      throw invalidParameter("Invalid email address format.");
    }
    if (Name === "phone_number" && !/^\+[0-9]{1,15}$/.test(Value)) {
      throw invalidParameter("Invalid phone number format.");
    }
    if (Name.endsWith("_verified") && !/^(true|false)$/i.test(Value)) {
      throw invalidParameter(`Attributes did not conform to the schema: ${Name}: Must be a boolean`);
    }
  }
};

/** Returns the required attributes that are missing according to `has`, without `sub`. */
export const missingAttributes = (schema: SchemaAttribute[], has: (name: string) => boolean): string[] =>
  schema.filter(({ Name, Required }) => Required === true && Name !== "sub" && !has(Name)).map(({ Name }) => Name);
