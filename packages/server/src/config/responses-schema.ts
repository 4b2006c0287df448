import { z } from 'zod'
import { isGuessable } from './guessable.ts'

/** For how long responses are kept for their callers, and by what they are encrypted. */
export interface KeptResponsesSettings {
  readonly keepMs: number
  /** The first encrypts; all of them decrypt. */
  readonly encryptionKeys: readonly Uint8Array[]
}

const KEY_BYTES = 32
const MOST_KEYS = 4
const KEY_RULE =
  'must be 32 random bytes in base64, or a list of up to 4 such keys, of which the first encrypts. Make one with: openssl rand -base64 32'

const isKey = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^[\w+/-]{43}=?$/.test(value) &&
  Buffer.from(value, 'base64').length === KEY_BYTES &&
  !isGuessable(value)

const encryptionKey = z.custom<string | readonly string[]>(
  (value) =>
    isKey(value) || (Array.isArray(value) && value.length > 0 && value.length <= MOST_KEYS && value.every(isKey)),
  { error: KEY_RULE },
)

const DAYS_RULE = 'must be a whole number of days, from 1 to 365'
const days = z.int({ error: DAYS_RULE }).min(1, { error: DAYS_RULE }).max(365, { error: DAYS_RULE })

export const responses = z.strictObject({
  keep: z.strictObject({ days: days.optional(), encryption_key: encryptionKey }).optional(),
})

const DAY_MS = 86_400_000
const DAYS = 30

/** @returns `undefined` where none are kept. */
export function keptResponsesOf({ keep }: z.infer<typeof responses> = {}): KeptResponsesSettings | undefined {
  if (keep === undefined) return undefined
  const { days: kept = DAYS, encryption_key: keys } = keep
  const all = typeof keys === 'string' ? [keys] : keys
  return { keepMs: kept * DAY_MS, encryptionKeys: all.map((key) => Buffer.from(key, 'base64')) }
}
