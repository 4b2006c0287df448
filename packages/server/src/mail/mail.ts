/** A mail in plain text. */
export interface Message {
  /** One address. */
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** Who takes mails to where they go. */
export interface Mail {
  /** Why none could be sent when it was last tried; `undefined`: it went well, or nobody has tried. */
  trouble(): string | undefined
  /** Sends one. @throws Error when it did not go; it never takes longer than {@link MAIL_DEADLINE_MS}. */
  send(message: Message): Promise<void>
  /** Finds out whether one could be sent, without sending any: {@link Mail.trouble} says what came of it. */
  check(): Promise<void>
  /** Waits for those that are on their way. */
  close(): Promise<void>
}

/** How long a mail may take, whatever the server does, in ms. */
export const MAIL_DEADLINE_MS = 20_000
