import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";
import { DrillUserError, drillUserName, type DrillUsers } from "./drill-user.ts";

/**
 * Uses one user, made by a person, for every drill. The user's attribute `name` has to mark it: without the mark, a
 * mistyped parameter would exempt a real person for some minutes a day.
 */
export const standingDrillUser = (options: {
  cognito: CognitoIdentityProviderClient;
  userPoolId: string;
  username: string;
}): DrillUsers => ({
  kind: "standing",
  async take() {
    const { cognito, userPoolId: UserPoolId, username: Username } = options;
    const user = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username })).catch((error: unknown) => {
      if (error instanceof UserNotFoundException) throw new DrillUserError("The user of drillUser does not exist.");
      throw error;
    });
    const attributes = new Map(user.UserAttributes?.map(({ Name, Value }) => [Name, Value]));
    if (attributes.get("name") !== drillUserName) {
      const how = `set its attribute name to “${drillUserName}”, if it is no person's.`;
      throw new DrillUserError(`The user of drillUser is not marked as a drill's: ${how}`);
    }
    return { userPoolId: UserPoolId, username: user.Username ?? Username, sub: attributes.get("sub") ?? "" };
  },
});
