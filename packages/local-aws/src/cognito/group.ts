import * as v from "valibot";
import { AwsError, type Operation } from "../service.ts";
import type { CognitoContext } from "./cognito-context.ts";
import { resourceNotFound } from "./errors.ts";
import { pageOf } from "./paging.ts";
import { type Pool, requirePool } from "./pool.ts";
import { arn, epochSeconds, groupName, integer, pageToken, poolId, request, username } from "./request.ts";
import { describeUser, requireUser } from "./user.ts";

export interface Group {
  readonly name: string;
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  readonly precedence: number | undefined;
  readonly createdAt: Date;
}

const requireGroup = (pool: Pool, name: string): Group => {
  const group = pool.groups.get(name);
  if (group === undefined) throw resourceNotFound("Group not found.");
  return group;
};

const describe = (pool: Pool, group: Group) => ({
  GroupName: group.name,
  UserPoolId: pool.id,
  Description: group.description,
  RoleArn: group.roleArn,
  Precedence: group.precedence,
  CreationDate: epochSeconds(group.createdAt),
  LastModifiedDate: epochSeconds(group.createdAt),
});

const page = { Limit: v.optional(integer(0, 60), 60), NextToken: v.optional(pageToken) };
const membership = { UserPoolId: poolId, Username: username, GroupName: groupName };

export const groupOperations = ({ pools, clock, behaviour }: CognitoContext): Record<string, Operation> => ({
  CreateGroup: request(
    {
      UserPoolId: poolId,
      GroupName: groupName,
      Description: v.optional(v.pipe(v.string(), v.maxLength(2048))),
      RoleArn: v.optional(arn),
      Precedence: v.optional(integer(0, 2 ** 31 - 1)),
    },
    ({ UserPoolId, GroupName, Description, RoleArn, Precedence }) => {
      const pool = requirePool(pools, UserPoolId);
      if (pool.groups.has(GroupName)) {
        throw new AwsError("GroupExistsException", "A group with the name already exists.");
      }
      const group = {
        name: GroupName,
        description: Description,
        roleArn: RoleArn,
        precedence: Precedence,
        createdAt: clock.now(),
      };
      pool.groups.set(group.name, group);
      return { Group: describe(pool, group) };
    },
  ),
  DeleteGroup: request({ UserPoolId: poolId, GroupName: groupName }, ({ UserPoolId, GroupName }) => {
    const pool = requirePool(pools, UserPoolId);
    requireGroup(pool, GroupName);
    pool.groups.delete(GroupName);
    for (const user of pool.users.values()) user.groups.delete(GroupName);
  }),
  GetGroup: request({ UserPoolId: poolId, GroupName: groupName }, ({ UserPoolId, GroupName }) => {
    const pool = requirePool(pools, UserPoolId);
    return { Group: describe(pool, requireGroup(pool, GroupName)) };
  }),
  ListGroups: request({ UserPoolId: poolId, ...page }, ({ UserPoolId, Limit, NextToken }) => {
    const pool = requirePool(pools, UserPoolId);
    const { items, next } = pageOf([...pool.groups.values()], Limit || 60, NextToken, behaviour.firstPageOfLists);
    return { Groups: items.map((group) => describe(pool, group)), NextToken: next };
  }),
  AdminAddUserToGroup: request(membership, ({ UserPoolId, Username, GroupName }) => {
    const pool = requirePool(pools, UserPoolId);
    const user = requireUser(pool, Username);
    user.groups.add(requireGroup(pool, GroupName).name);
  }),
  AdminRemoveUserFromGroup: request(membership, ({ UserPoolId, Username, GroupName }) => {
    const pool = requirePool(pools, UserPoolId);
    const user = requireUser(pool, Username);
    user.groups.delete(requireGroup(pool, GroupName).name);
  }),
  AdminListGroupsForUser: request(
    { UserPoolId: poolId, Username: username, ...page },
    ({ UserPoolId, Username, Limit, NextToken }) => {
      const pool = requirePool(pools, UserPoolId);
      const user = requireUser(pool, Username);
      const groups = [...user.groups].map((name) => requireGroup(pool, name));
      const { items, next } = pageOf(groups, Limit || 60, NextToken, behaviour.firstPageOfLists);
      return { Groups: items.map((group) => describe(pool, group)), NextToken: next };
    },
  ),
  ListUsersInGroup: request(
    { UserPoolId: poolId, GroupName: groupName, ...page },
    ({ UserPoolId, GroupName, Limit, NextToken }) => {
      const pool = requirePool(pools, UserPoolId);
      const { name } = requireGroup(pool, GroupName);
      const members = [...pool.users.values()].filter((user) => user.groups.has(name));
      const { items, next } = pageOf(members, Limit || 60, NextToken, behaviour.firstPageOfLists);
      return { Users: items.map((user) => describeUser(user)), NextToken: next };
    },
  ),
});
