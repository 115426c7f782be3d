/** A template that an operator can deploy, with its kinds of pool and topic. */
export interface Variant {
  name: string;
  parameters: string[];
  pool: string;
  topic: string;
}

const existingPool = {
  parameters: ["userPoolId=eu-west-1_Example00"],
  pool: "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/eu-west-1_Example00",
};
const referencePool = {
  parameters: [
    "sesIdentityArn=arn:aws:ses:eu-west-1:123456789012:identity/example.com",
    "mailFrom=Example <no-reply@example.com>",
    "appDomain=app.example.com",
    "loginDomainPrefix=example-login",
  ],
  pool: "ReferencePool.Arn",
};
const ownTopic = { parameters: ["alarmEmail=alarms@example.com"], topic: "AlarmTopic" };
const existingTopic = {
  parameters: ["alarmTopicArn=arn:aws:sns:eu-west-1:123456789012:alarms"],
  topic: "arn:aws:sns:eu-west-1:123456789012:alarms",
};

const variant = (
  name: string,
  { pool, ...ofPool }: typeof existingPool,
  { topic, ...ofTopic }: typeof ownTopic,
): Variant => ({ name, pool, topic, parameters: [...ofPool.parameters, ...ofTopic.parameters] });

export const variants: Variant[] = [
  variant("an existing pool and a topic of its own", existingPool, ownTopic),
  variant("the reference pool and an existing topic", referencePool, existingTopic),
];
