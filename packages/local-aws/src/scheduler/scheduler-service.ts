import * as v from "valibot";
import { AwsError, operation, type Operation, parseObject, type Service, requireOperation } from "../service.ts";
import { ClientToken, MaxResults, Name, ScheduleDefinition, State } from "./schedule-definition.ts";
import { describeSchedule, summarizeSchedule } from "./schedule.ts";
import type { ScheduleGroup, Scheduler } from "./scheduler.ts";

/** Method, path and query parameters of each operation. The casing of the query parameters varies. */
const ROUTES: { operation: string; method: string; path: RegExp; query: Record<string, string> }[] = [
  { operation: "CreateSchedule", method: "POST", path: /^\/schedules\/([^/]+)$/, query: {} },
  { operation: "UpdateSchedule", method: "PUT", path: /^\/schedules\/([^/]+)$/, query: {} },
  { operation: "GetSchedule", method: "GET", path: /^\/schedules\/([^/]+)$/, query: { groupName: "GroupName" } },
  {
    operation: "DeleteSchedule",
    method: "DELETE",
    path: /^\/schedules\/([^/]+)$/,
    query: { groupName: "GroupName", clientToken: "ClientToken" },
  },
  { operation: "ListSchedules", method: "GET", path: /^\/schedules\/?$/, query: { ScheduleGroup: "GroupName" } },
  { operation: "CreateScheduleGroup", method: "POST", path: /^\/schedule-groups\/([^/]+)$/, query: {} },
  { operation: "GetScheduleGroup", method: "GET", path: /^\/schedule-groups\/([^/]+)$/, query: {} },
  {
    operation: "DeleteScheduleGroup",
    method: "DELETE",
    path: /^\/schedule-groups\/([^/]+)$/,
    query: { clientToken: "ClientToken" },
  },
  { operation: "ListScheduleGroups", method: "GET", path: /^\/schedule-groups\/?$/, query: {} },
];
const LIST_PARAMETERS = new Set(["NamePrefix", "State", "MaxResults", "NextToken"]);

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
export const schedulerService = (scheduler: Scheduler): Service => {
  const known = operations(scheduler);
  const headers = { "content-type": "application/json" };
  return {
    name: "Scheduler",
    signingName: "scheduler",
    operations: Object.keys(known),
    throttling: { code: "ThrottlingException", message: "Rate exceeded", status: 429 },
    route(request) {
      const url = new URL(request.path, "http://local");
      if (!/^\/schedule(s|-groups)(\/|$)/.test(url.pathname)) return undefined;
      const route = ROUTES.find(({ method, path }) => method === request.method && path.test(url.pathname));
      if (route === undefined) return { operation: `${request.method} ${url.pathname}`, input: {} };
      const input = request.method === "GET" || request.method === "DELETE" ? {} : parseObject(request.body);
      const name = route.path.exec(url.pathname)?.[1];
      if (name !== undefined) input["Name"] = decodeURIComponent(name);
      for (const [parameter, value] of url.searchParams) {
        const isListed = route.operation.startsWith("List") && LIST_PARAMETERS.has(parameter);
        const member = route.query[parameter] ?? (isListed ? parameter : `?${parameter}`);
        input[member] = member === "MaxResults" ? Number(value) : value;
      }
      return { operation: route.operation, input };
    },
    async perform(call, request) {
      const found = requireOperation(known, call, request);
      return { status: 200, headers, body: JSON.stringify((await found.perform(call.input, call.caller)) ?? {}) };
    },
    refuse: (error) => ({
      status: error.status,
      headers: { ...headers, "x-amzn-errortype": error.code },
      body: JSON.stringify({ Message: error.message }),
    }),
  };
};

const invalid = (message: string) => new AwsError("ValidationException", message);
const OneSchedule = v.strictObject({
  Name,
  GroupName: v.optional(Name, "default"),
  ClientToken: v.optional(ClientToken),
});
const OneGroup = v.strictObject({ Name, ClientToken: v.optional(ClientToken) });
const page = {
  NamePrefix: v.optional(Name),
  MaxResults: v.optional(MaxResults, 100),
  NextToken: v.optional(v.string()),
};

const operations = (scheduler: Scheduler): Record<string, Operation> => ({
  CreateSchedule: operation(ScheduleDefinition, invalid, (input) => ({ ScheduleArn: scheduler.create(input).arn })),
  UpdateSchedule: operation(ScheduleDefinition, invalid, (input) => ({ ScheduleArn: scheduler.update(input).arn })),
  GetSchedule: operation(OneSchedule, invalid, (input) => describeSchedule(scheduler.get(input.GroupName, input.Name))),
  DeleteSchedule: operation(OneSchedule, invalid, (input) => scheduler.delete(input.GroupName, input.Name)),
  ListSchedules: operation(
    v.strictObject({ ...page, GroupName: v.optional(Name), State: v.optional(State) }),
    invalid,
    (input) => {
      const found = scheduler
        .list(input.GroupName)
        .filter(({ definition }) => definition.Name.startsWith(input.NamePrefix ?? ""))
        .filter(({ definition }) => input.State === undefined || definition.State === input.State);
      const { items, nextToken } = cut(found, ({ definition }) => `${definition.GroupName}/${definition.Name}`, input);
      return { Schedules: items.map(summarizeSchedule), NextToken: nextToken };
    },
  ),
  CreateScheduleGroup: operation(OneGroup, invalid, (input) => ({
    ScheduleGroupArn: scheduler.createGroup(input.Name).arn,
  })),
  GetScheduleGroup: operation(OneGroup, invalid, (input) => describeGroup(scheduler.group(input.Name))),
  DeleteScheduleGroup: operation(OneGroup, invalid, (input) => scheduler.deleteGroup(input.Name)),
  ListScheduleGroups: operation(v.strictObject(page), invalid, (input) => {
    const found = scheduler.groups().filter((group) => group.name.startsWith(input.NamePrefix ?? ""));
    const { items, nextToken } = cut(found, (group) => group.name, input);
    return { ScheduleGroups: items.map(describeGroup), NextToken: nextToken };
  }),
});

const describeGroup = (group: ScheduleGroup) => ({
  Arn: group.arn,
  CreationDate: group.createdAt.getTime() / 1000,
  LastModificationDate: group.createdAt.getTime() / 1000,
  Name: group.name,
  State: "ACTIVE",
});

/** Returns the page after `token` of items in the order of their keys. */
const cut = <T>(
  items: T[],
  keyOf: (item: T) => string,
  input: { MaxResults: number; NextToken?: string | undefined },
) => {
  const after = Buffer.from(input.NextToken ?? "", "base64url").toString("utf8");
  const rest = items.filter((item) => keyOf(item) > after);
  const onPage = rest.slice(0, input.MaxResults);
  const last = rest.length > onPage.length ? onPage.at(-1) : undefined;
  return { items: onPage, nextToken: last === undefined ? undefined : Buffer.from(keyOf(last)).toString("base64url") };
};
