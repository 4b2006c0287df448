import type { ParseArgsOptionsConfig } from 'node:util'
import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { ConfigError } from '../config/config-error.ts'
import { SettingsError, type Variables } from '../config/settings.ts'

/** Where a command writes. */
export interface Terminal {
  /** Results: standard output. */
  out(line: string): void
  /** Results that are no text: standard output, as they are. */
  bytes(bytes: Uint8Array): void
  /** Complaints and progress: standard error. */
  error(line: string): void
  /** Whether a person is reading standard output. */
  readonly isTty: boolean
}

/** Options of a command as they were given. */
export type Options = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

export interface Invocation {
  readonly options: Options
  readonly positionals: readonly string[]
  /** The environment, with `.env` behind it. */
  readonly variables: Variables
  readonly terminal: Terminal
}

/** One command: `speka keys create`, say. */
export interface Command {
  readonly name: string
  /** What follows the name on the usage line. */
  readonly usage: string
  readonly summary: string
  readonly options: ParseArgsOptionsConfig
  /** Whether something may stand behind its options. Default: only where its usage begins with an id. */
  readonly takesMore?: boolean
  /** Returns the exit code: 0, or 1 when it could not do what it was asked. */
  run(invocation: Invocation): Promise<number>
}

/** Whoever may run a command on the gateway's machine, with its data, runs the gateway. */
export const operator: Actor = { kind: 'operator', by: 'cli' }

/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Does something with what options said. When a field is refused, it is the option that was given wrongly.
 *
 * @param optionOf the option of each field.
 */
export async function asSaid<Result>(
  optionOf: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!SpekaError.is(error) || error.param === undefined) throw error
    // `models.1` is the second of what --models says; `limits.rpm` is an option of its own.
    const option = optionOf[error.param] ?? optionOf[error.param.split('.', 1)[0] ?? '']
    if (option === undefined) throw error
    throw new UsageError(error.message.replace(error.param, `--${option}`))
  }
}

/** Whether an error says what the operator has to mend, in a line or two. */
export const isFitToBeShown = (error: unknown): error is Error =>
  error instanceof SettingsError || error instanceof ConfigError || SpekaError.is(error)

/** An option as text, whatever `parseArgs` would also allow. */
export const text = (options: Options, name: string): string | undefined => {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** An option that may be given several times, as texts; `undefined` where it was not given. */
export const texts = (options: Options, name: string): string[] | undefined => {
  const value = options[name]
  return Array.isArray(value) ? value.map(String) : undefined
}

/** The moment of a date, as `2026-11-22` or with a time. @throws UsageError when it is none. */
export function readDate(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const ms = Date.parse(value)
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || Number.isNaN(ms))
    throw new UsageError(`--${option} must be a date such as 2026-11-22 or 2026-11-22T09:00:00Z, not "${value}".`)
  return new Date(ms).toISOString()
}
