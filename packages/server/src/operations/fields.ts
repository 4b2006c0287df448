import { operationNames } from '@speka/core/internal'
import { z } from 'zod'

/** A moment as text, `2026-11-22T09:00:00Z`; in ms since the epoch once it is read. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment such as 2026-11-22T09:00:00Z' })
  .transform((text) => Date.parse(text))

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: ({ input }) => `must be one of ${words.join(', ')}, not "${String(input)}"` })

/** One or several of a few words, with commas between. */
export const severalOf = <const Words extends readonly string[]>(words: Words) =>
  z.string({ error: `must be one of ${words.join(', ')}` }).transform((text, context): Words[number][] => {
    const given = text.split(',')
    const stray = given.find((word) => !words.includes(word))
    if (stray === undefined) return given
    context.addIssue({ code: 'custom', message: `must be one of ${words.join(', ')}, not "${stray}"` })
    return z.NEVER
  })

const MARKUP_RULE = 'must be a percentage from 0 to 1000 with at most four decimals, such as 20'

/** What is put on top of an amount, in percent, as a decimal string. */
export const markup = z
  .string({ error: MARKUP_RULE })
  .refine((text) => /^(\d{1,3}(\.\d{1,4})?|1000(\.0{1,4})?)$/.test(text), { error: MARKUP_RULE })

/** A text that is not empty, without the space around it. */
export const word = z.string({ error: 'must be a text' }).trim().min(1, { error: 'must not be empty' })

/** How long a name may be, in UTF-16 code units. */
const LONGEST_NAME = 200

/**
 * What nobody sees in a text, and what makes others see it wrongly: control characters, ends of lines, and what turns the
 * direction of what follows.
 */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** A name for people, in any script. It need not be unique. */
export const name = word
  .max(LONGEST_NAME, { error: `must have at most ${LONGEST_NAME} characters` })
  .refine((text) => text.isWellFormed() && !UNSEEN.test(text), { error: 'must not hold control characters' })

/** An id, or a few letters that are none. */
export const id = word.max(LONGEST_NAME, { error: `must have at most ${LONGEST_NAME} characters` })

/** A label: an environment, a tag. */
export const label = name.max(64, { error: 'must have at most 64 characters' })

/** An address of a person. */
export const email = z
  .email({ error: 'must be an e-mail address' })
  .max(254, { error: 'must have at most 254 characters' })

/** The revision that is expected to be there: with another, nothing is changed. */
export const revision = z.int({ error: 'must be a whole number' }).optional()

/** A whole number, as a number or, from a query, as its digits. */
export const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  const digits = z
    .string()
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
  return z.union([z.number(), digits], { error }).pipe(z.int({ error }).min(least, { error }).max(most, { error }))
}

/** Which part of a list: behind the one with an id, at most so many. */
export const page = { after: id.optional(), limit: whole(1, 1000).optional() } as const

const MOST_WORDS = 100
const list = <Item extends z.ZodType>(item: Item, what: string) =>
  z
    .array(item, { error: `must be a list of ${what}` })
    .max(MOST_WORDS, { error: `must be at most ${MOST_WORDS} ${what}` })

/** What a key may do, each a list; `null` for all. */
export const keyLimits = {
  models: list(name, 'model ids or globs'),
  endpoints: list(oneOf(operationNames), 'endpoints').min(1, { error: 'must name at least one' }),
  providers: list(name, 'names of providers').min(1, { error: 'must name at least one' }),
} as const

export const tags = z.array(label, { error: 'must be a list of tags' }).max(16, { error: 'must be at most 16 tags' })

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** A span of time as text, `24h`; in ms once it is read. */
export const span = z
  .string({ error: 'must be a span of time such as 24h' })
  .regex(/^\d{1,6}[smhd]$/, { error: 'must be a span of time such as 30m, 24h or 7d' })
  .transform((text) => Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] ?? 0))
  .refine((ms) => ms <= 366 * 86_400_000, { error: 'must be at most 366d' })
