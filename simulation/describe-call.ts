import type { AttributeValue, Item } from "@cognito-mfa-lifecycle/local-aws/memory-dynamodb/attribute.ts";
import type { Call } from "@cognito-mfa-lifecycle/local-aws/service.ts";

/** Returns a short description of a call for the timeline: its operation and subject, users by name. */
export const describeCall = ({ operation, input }: Call, nameOf: (sub: string) => string): string => {
  const words = [operation, ...subjectOf(operation, input)].join(" ");
  return words.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, nameOf);
};

const subjectOf = (operation: string, input: Record<string, unknown>): string[] => {
  const text = (name: string): string[] => (typeof input[name] === "string" ? [input[name]] : []);
  switch (operation) {
    case "PutItem":
      return itemWords(input["Item"] as Item);
    case "GetItem":
    case "DeleteItem":
      return itemWords(input["Key"] as Item);
    case "UpdateItem":
      return [...itemWords(input["Key"] as Item), ...itemWords(writtenBy(input))];
    case "Query":
      return Object.values((input["ExpressionAttributeValues"] ?? {}) as Item).map(scalar);
    case "SendMessage":
      return [
        queueOf(input),
        ...text("MessageBody"),
        ...(typeof input["DelaySeconds"] === "number" ? [`in ${input["DelaySeconds"]} s`] : []),
      ];
    case "SendMessageBatch":
      return [queueOf(input), ...(input["Entries"] as { MessageBody: string }[]).map(({ MessageBody }) => MessageBody)];
    case "AdminSetUserMFAPreference": {
      const { UserPoolId: _, Username, ...settings } = input;
      return [String(Username), JSON.stringify(settings)];
    }
    default:
      return [...text("Username"), ...text("Name"), ...text("ScheduleExpression")];
  }
};

const queueOf = (input: Record<string, unknown>): string => String(input["QueueUrl"]).split("/").at(-1) ?? "";

/** Returns the attributes that an update writes. The service's placeholders have the names of the attributes. */
const writtenBy = (input: Record<string, unknown>): Item => {
  const values = Object.entries((input["ExpressionAttributeValues"] ?? {}) as Item);
  return Object.fromEntries(values.map(([name, value]) => [name.slice(1), value]));
};

const itemWords = (item: Item): string[] =>
  ["item", "user", "version", "dueAt", "closedAt", "outcome", "attempts", "known"].flatMap((name) =>
    item[name] === undefined
      ? []
      : [name === "item" || name === "user" ? scalar(item[name]) : `${name}=${scalar(item[name])}`],
  );

const scalar = (value: AttributeValue): string => String(Object.values(value)[0]);
