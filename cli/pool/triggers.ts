import type { LambdaConfigType } from "@aws-sdk/client-cognito-identity-provider";

/** The triggers that the service needs. */
export const triggerNames = [
  "CustomMessage",
  "PostConfirmation",
  "PostAuthentication",
] as const satisfies (keyof LambdaConfigType)[];

type Trigger = (typeof triggerNames)[number];

/** The ARNs of our functions, by trigger. */
export type OurFunctions = Record<Trigger, string>;

/** Undefined when the stack's outputs lack one of them. */
export const ourFunctions = (outputs: Record<string, string | undefined>): OurFunctions | undefined => {
  const { CustomMessageFunctionArn, PostConfirmationFunctionArn, PostAuthenticationFunctionArn } = outputs;
  if (!CustomMessageFunctionArn || !PostConfirmationFunctionArn || !PostAuthenticationFunctionArn) return undefined;
  return {
    CustomMessage: CustomMessageFunctionArn,
    PostConfirmation: PostConfirmationFunctionArn,
    PostAuthentication: PostAuthenticationFunctionArn,
  };
};

/** Whether the ARN names the function, or a version or alias of it. */
export const isFunction = (arn: string | undefined, functionArn: string): boolean =>
  arn === functionArn || (arn?.startsWith(`${functionArn}:`) ?? false);

/** The function of a trigger before and after a change; undefined for none. */
export interface TriggerChange {
  trigger: Trigger;
  before: string | undefined;
  after: string | undefined;
}

const displacedTag = (trigger: Trigger): string => `cognito-mfa-lifecycle:displaced:${trigger}`;

type Tags = Record<string, string>;

/** The changes that attach makes. It displaces other functions and remembers each in a tag of the pool. */
export const planAttach = (
  config: LambdaConfigType,
  tags: Tags,
  ours: OurFunctions,
): { changes: TriggerChange[]; taken: TriggerChange[]; tags: Tags } => {
  const changes = triggerNames
    .filter((trigger) => !isFunction(config[trigger], ours[trigger]))
    .map((trigger) => ({ trigger, before: config[trigger], after: ours[trigger] }));
  const taken = changes.filter(({ before }) => before !== undefined);
  const displaced = taken.map(({ trigger, before }): [string, string] => [displacedTag(trigger), before ?? ""]);
  return { changes, taken, tags: { ...tags, ...Object.fromEntries(displaced) } };
};

/** The changes that detach makes: it removes our functions and restores the functions that they displaced. Others stay. */
export const planDetach = (
  config: LambdaConfigType,
  tags: Tags,
  ours: OurFunctions,
): { changes: TriggerChange[]; tags: Tags } => {
  const changes = triggerNames
    .filter((trigger) => isFunction(config[trigger], ours[trigger]))
    .map((trigger) => ({ trigger, before: config[trigger], after: tags[displacedTag(trigger)] }));
  const noted: string[] = triggerNames.map(displacedTag);
  return { changes, tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !noted.includes(key))) };
};

export const withChanges = (config: LambdaConfigType, changes: TriggerChange[]): LambdaConfigType => ({
  ...config,
  ...Object.fromEntries(changes.map(({ trigger, after }) => [trigger, after])),
});
