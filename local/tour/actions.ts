import {
  AdminDeleteUserCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { DeleteScheduleCommand, ListSchedulesCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { openByOperator } from "../../shared/lifecycle/operate.ts";
import type { ClosedWindow, Window } from "../../shared/windows/window.ts";
import { names } from "../service-names.ts";
import type { Stack } from "../stack.ts";
import { answerWithMailedCode, codeFor, enrol, type Person, type Scene, signIn } from "./cast.ts";

const operator = { by: "arn:aws:iam::000000000000:user/helpdesk", reason: "cannot sign in", ticket: "HD-1042" };

/** The acts of people in the tour. Each one goes through the scene's narrator and runs to its end. */
export class Actions {
  readonly stack: Stack;
  readonly scene: Scene;

  constructor(stack: Stack, scene: Scene) {
    this.stack = stack;
    this.scene = scene;
  }

  /** Invites a user, who sets a password, gets Email MFA and signs in with it. */
  async invite(name: string): Promise<Person> {
    const { tell } = this.scene;
    tell.step(`${name} is invited, sets a password, and gets Email MFA`);
    const person = await enrol(this.scene, name);
    tell.step("the next sign-in asks for the mailed code");
    await this.signInWithCode(person);
    return person;
  }

  async signInWithCode(person: Person): Promise<void> {
    const { tell } = this.scene;
    const { ChallengeName, Session } = await signIn(this.scene, person);
    tell.check("Cognito asks for a code", ChallengeName === "EMAIL_OTP");
    const { AuthenticationResult } = await answerWithMailedCode(this.scene, person, Session);
    tell.check("the mailed code completes the sign-in", AuthenticationResult !== undefined);
    await this.settle();
  }

  async signInWithoutCode(person: Person): Promise<void> {
    const { ChallengeName } = await signIn(this.scene, person);
    this.scene.tell.check("Cognito does not ask for MFA", ChallengeName === undefined);
    await this.settle();
  }

  async open(person: Person): Promise<Window> {
    const { tell } = this.scene;
    const { operator: deps } = this.stack;
    const opened = await tell.call(
      `open ${person.name} --reason "${operator.reason}" --ticket ${operator.ticket}`,
      () => openByOperator(deps, person.username, operator, deps.policy.gracePeriod),
      (result) => (result.kind === "done" ? `window until ${result.window.dueAt.toISOString()}` : result.because),
    );
    if (opened.kind === "refused") throw tell.failure(`the window was refused: ${opened.because}`);
    return opened.window;
  }

  async forgotPassword(person: Person): Promise<void> {
    const { cognito, clientId, tell, mailbox } = this.scene;
    await tell.call(
      `ForgotPassword ${person.name}`,
      () => cognito.send(new ForgotPasswordCommand({ ClientId: clientId, Username: person.email })),
      ({ CodeDeliveryDetails }) => `${CodeDeliveryDetails?.DeliveryMedium} to ${CodeDeliveryDetails?.Destination}`,
    );
    await this.settle();
    const mail = mailbox.latest(person.email);
    tell.quote(`${mail.subject}\n${mail.body}`);
  }

  async forgotPasswordIsRefused(person: Person): Promise<void> {
    const { cognito, clientId, tell } = this.scene;
    await tell.refused(
      `ForgotPassword ${person.name}`,
      () => cognito.send(new ForgotPasswordCommand({ ClientId: clientId, Username: person.email })),
      "InvalidParameterException",
      "Cannot reset password for the user as there is no registered/verified email or phone_number",
    );
  }

  async confirmForgotPassword(person: Person): Promise<void> {
    const { cognito, clientId, mailbox, tell } = this.scene;
    const Password = `${person.password}-2`;
    const ConfirmationCode = codeFor(mailbox, person.email);
    await tell.call(
      `ConfirmForgotPassword ${person.name} ${ConfirmationCode}`,
      () =>
        cognito.send(
          new ConfirmForgotPasswordCommand({ ClientId: clientId, Username: person.email, ConfirmationCode, Password }),
        ),
      () => "200",
    );
    person.password = Password;
    await this.settle();
  }

  async deleteUser(person: Person): Promise<void> {
    const { cognito, userPoolId, tell } = this.scene;
    await tell.call(
      `AdminDeleteUser ${person.name}`,
      () => cognito.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: person.username })),
      () => "200",
    );
  }

  async deleteTimer(window: Window): Promise<void> {
    const { tell } = this.scene;
    const scheduler = new SchedulerClient(this.stack.aws.clientOptions("tour"));
    const GroupName = names.scheduleGroup;
    const { Schedules } = await scheduler.send(new ListSchedulesCommand({ GroupName, NamePrefix: window.windowId }));
    for (const { Name } of Schedules ?? []) {
      await tell.call(
        `DeleteSchedule ${Name}`,
        () => scheduler.send(new DeleteScheduleCommand({ GroupName, Name })),
        () => "200",
      );
    }
    tell.check("the schedule is gone", Schedules?.length === 1);
  }

  find(person: Person) {
    return this.stack.operator.windows.find({ userPoolId: this.stack.userPoolId, sub: person.sub });
  }

  async window(person: Person): Promise<Window> {
    const { open } = await this.find(person);
    if (open === undefined) throw this.scene.tell.failure(`${person.name} has no open window`);
    return open;
  }

  /** Checks that the person's window is closed with this outcome and with evidence. Returns it. */
  async closed(person: Person, outcome: ClosedWindow["outcome"]): Promise<ClosedWindow> {
    const { tell } = this.scene;
    const { open, lastClosed } = await this.find(person);
    if (lastClosed === undefined) throw tell.failure(`${person.name}'s window was not closed`);
    tell.check(`the window is closed as ${lastClosed.outcome}`, open === undefined && lastClosed.outcome === outcome);
    if (lastClosed.outcome === "re-enabled") {
      const { before, after } = lastClosed.evidence ?? {};
      tell.check(
        `its evidence: [${before?.active.join()}] before, [${after?.active.join()}] read back after`,
        before?.active.includes("EMAIL_OTP") === false && after?.active.includes("EMAIL_OTP") === true,
      );
    }
    return lastClosed;
  }

  settle(): Promise<void> {
    return this.stack.aws.clock.settle();
  }

  move(milliseconds: number): Promise<void> {
    return this.stack.aws.clock.advanceBy(milliseconds);
  }

  moveTo(instant: Date): Promise<void> {
    return this.stack.aws.clock.advanceTo(instant);
  }
}
