export interface Mail {
  sentAt: Date;
  from: string;
  to: string;
  subject: string;
  body: string;
}

/** Keeps the messages that local services send. They go nowhere else. */
export class Mailbox {
  readonly mails: Mail[] = [];

  deliver(mail: Mail): void {
    this.mails.push(mail);
  }

  /** Returns the newest mail to this address. Throws when there is none. */
  latest(to: string): Mail {
    const mail = this.mails.findLast((candidate) => candidate.to === to);
    if (mail === undefined) throw new Error(`No mail was sent to ${to}.`);
    return mail;
  }
}
