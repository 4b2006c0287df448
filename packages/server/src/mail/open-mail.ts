import type { SmtpSettings } from '../config/smtp-url.ts'
import { SettingsError } from '../config/settings-error.ts'
import { MAIL_DEADLINE_MS, type Mail, type Message } from './mail.ts'

/** The version of nodemailer that this was written for. */
const MAJOR = 10

/** How many mails may be on their way at once: behind a server that takes none they would pile up. */
const MOST_UNDER_WAY = 50

/** How long each step of a conversation may take, in ms. */
const STEP_MS = 8000

/** What of nodemailer is used. */
interface Nodemailer {
  createTransport(options: ReturnType<typeof transportOptions>): Transport
}

interface Transport {
  sendMail(mail: MailToSend): Promise<unknown>
  verify(): Promise<unknown>
}

/** Addresses as objects: nothing in one is read as a second. */
interface MailToSend {
  readonly from: { readonly name: string; readonly address: string }
  readonly to: { readonly name: string; readonly address: string }
  readonly subject: string
  readonly text: string
  readonly headers: Record<string, string>
}

/** What tests do otherwise. */
export interface MailOptions {
  /** Loads nodemailer. */
  readonly load?: () => Promise<Nodemailer>
  /** How long a mail may take, in ms. @default {@link MAIL_DEADLINE_MS} */
  readonly deadlineMs?: number
}

/**
 * Mail by an SMTP server. nodemailer is not installed with the server, since not everybody has one.
 *
 * @param from whose the mails are, where the settings do not say.
 * @throws SettingsError when nodemailer is not there, with the line that installs it
 */
export async function openMail(
  settings: SmtpSettings,
  from: string,
  { load = () => import('nodemailer'), deadlineMs = MAIL_DEADLINE_MS }: MailOptions = {},
): Promise<Mail> {
  const { createTransport } = await load().catch((cause: unknown) => {
    throw new SettingsError(
      `SPEKA_SMTP_URL is set, and nodemailer is not installed. Install it beside @speka/server: npm install nodemailer@${MAJOR}`,
      { cause },
    )
  })
  return new SmtpMail(createTransport(transportOptions(settings)), settings.from ?? from, deadlineMs)
}

function transportOptions({ host, port, isSecure, user, password }: SmtpSettings) {
  const hasSecret = user !== undefined && password !== undefined
  return {
    host,
    port,
    secure: isSecure,
    // A password goes over no line that others can read.
    requireTLS: hasSecret && !isSecure && !isLoopback(host),
    ...(hasSecret && { auth: { user, pass: password } }),
    dnsTimeout: STEP_MS,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

class SmtpMail implements Mail {
  readonly #transport: Transport
  readonly #from: string
  readonly #deadlineMs: number
  readonly #underWay = new Set<Promise<unknown>>()
  #trouble: string | undefined

  constructor(transport: Transport, from: string, deadlineMs: number) {
    this.#transport = transport
    this.#from = from
    this.#deadlineMs = deadlineMs
  }

  trouble(): string | undefined {
    return this.#trouble
  }

  async send({ to, subject, text }: Message): Promise<void> {
    const addresses = { from: { name: '', address: this.#from }, to: { name: '', address: to } }
    await this.#try(() =>
      this.#transport.sendMail({ ...addresses, subject, text, headers: { 'auto-submitted': 'auto-generated' } }),
    )
  }

  async check(): Promise<void> {
    await this.#try(() => this.#transport.verify()).catch(() => {})
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  async #try(work: () => Promise<unknown>): Promise<void> {
    if (this.#underWay.size >= MOST_UNDER_WAY) throw new Error(`${MOST_UNDER_WAY} mails are under way already`)
    const done = within(this.#deadlineMs, work())
    this.#underWay.add(done)
    try {
      await done
      this.#trouble = undefined
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
      throw error
    } finally {
      this.#underWay.delete(done)
    }
  }
}

/** @throws Error when it takes longer. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the mail server took longer than ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
