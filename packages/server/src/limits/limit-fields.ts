import { parseUsd, type PicoUsd } from '@speka/core'
import { limitWindows, reachedActions, subjectKinds } from '@speka/core/internal'
import { z } from 'zod'

/** What a limit is said in, the same in the configuration and to the API. */

/** Sums of money are kept in 64 bits: this many dollars of whole pico-dollars, and room to add. */
export const MOST_USD = 9_000_000
const MOST_PER_MINUTE = 1_000_000_000

/** An amount of money that a limit may be. @throws RangeError */
function readAmount(text: string): PicoUsd {
  const amount = parseUsd(text)
  if (amount > parseUsd(String(MOST_USD))) throw new RangeError('too much')
  return amount
}

/** US dollars as a decimal string. */
export const usdAmount = z
  .string({ error: `must be a decimal string of US dollars such as "5.00"` })
  .refine((text) => isAmount(text), {
    error: `must be a decimal string of US dollars from "0" to "${MOST_USD}" with at most 12 decimals, such as "5.00"`,
  })

function isAmount(text: string): boolean {
  try {
    readAmount(text)
    return true
  } catch {
    return false
  }
}

const rateError = `must be a whole number from 1 to ${MOST_PER_MINUTE}`
const rate = z.int({ error: rateError }).min(1, { error: rateError }).max(MOST_PER_MINUTE, { error: rateError })

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  // Without what was given: in a configuration it may be a secret in the wrong place.
  z.enum(words, { error: `must be one of ${words.join(', ')}` })

/** What may be limited. */
export const amounts = {
  /** US dollars in each window, as a decimal string. */
  usd: usdAmount.optional(),
  /** Of money, in UTC; `week` from Monday. Default: `lifetime`, which never begins anew. */
  window: oneOf(limitWindows).optional(),
  /** Requests in any 60 seconds. */
  rpm: rate.optional(),
  /** Requests in any 24 hours. */
  rpd: rate.optional(),
  /** Tokens in any 60 seconds. */
  tpm: rate.optional(),
  /** Requests under way at once. */
  max_parallel: rate.optional(),
} as const

const MOST_FALLBACKS = 20
const UNSEEN_RULE = 'must not hold control characters'
const isVisible = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed()
const modelName = z
  .string({ error: 'must be a text' })
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(200)
  .refine(isVisible, { error: UNSEEN_RULE })

/** Which requests, and what happens when it is reached. */
export const terms = {
  /** A glob: only requests for these models. Default: all. */
  models: modelName.optional(),
  /** Default: `stop`. */
  on_reached: oneOf(reachedActions).optional(),
  /** With `fallback`: the models to ask instead, in order. */
  fallback: z
    .array(modelName, { error: 'must be a list of models' })
    .min(1, { error: 'must name at least one model' })
    .max(MOST_FALLBACKS, { error: `must be at most ${MOST_FALLBACKS} models` })
    .optional(),
} as const

const someone = z.string({ error: 'must be a text' }).trim().min(1, { error: 'must not be empty' }).max(256)
/** What no request can name limits nothing. */
const customer = someone.refine(isVisible, { error: UNSEEN_RULE })

/** Whose requests a limit counts, by its kind; or each of a kind for itself. */
export const subjects = z
  .strictObject(
    {
      account: someone.optional(),
      team: someone.optional(),
      environment: someone.optional(),
      member: someone.optional(),
      key: someone.optional(),
      customer: customer.optional(),
      tag: someone.optional(),
      /** Each one of this kind has the limit for itself. */
      each: oneOf(subjectKinds).optional(),
    },
    { error: 'must name one subject, such as { each: customer } or { key: ID }' },
  )
  .refine((subject) => Object.values(subject).filter((value) => value !== undefined).length === 1, {
    error: `must name exactly one of ${subjectKinds.join(', ')}, each`,
  })

export type SaidSubject = z.output<typeof subjects>

/** The amounts of a limit, or of several, as somebody has said them. */
export type SaidAmounts = z.output<z.ZodObject<typeof amounts>>

/** The terms of a limit as somebody has said them. */
export type SaidTerms = z.output<z.ZodObject<typeof terms>>

const rules = ['usd', 'rpm', 'rpd', 'tpm', 'max_parallel'] as const

/** The rules among amounts, by their names. */
const rulesIn = (said: SaidAmounts): (typeof rules)[number][] => rules.filter((rule) => said[rule] !== undefined)

/** Refuses one limit whose parts do not go together. For `superRefine`. */
export function oneRule(said: SaidAmounts & SaidTerms, context: z.RefinementCtx): void {
  const complain = (field: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message })
  const [rule, second] = rulesIn(said)
  if (rule === undefined) complain('usd', `is missing: say one of ${rules.join(', ')}`)
  if (second !== undefined) complain(second, `cannot stand beside ${rule}: one limit has one of ${rules.join(', ')}`)
  windowOfMoney(said, context)
  if (rule !== undefined && rule !== 'usd' && said.on_reached !== undefined && said.on_reached !== 'stop')
    complain('on_reached', `must be stop: a rate such as ${rule} knows nothing else`)
  if (said.on_reached === 'fallback' && said.fallback === undefined)
    complain('fallback', 'is missing: with on_reached fallback, name the models to ask instead')
  if (said.on_reached !== 'fallback' && said.fallback !== undefined)
    complain('fallback', 'has a meaning only with on_reached fallback')
}

/** Refuses a window without money. For `superRefine`. */
export function windowOfMoney(said: SaidAmounts, context: z.RefinementCtx): void {
  if (said.window !== undefined && said.usd === undefined)
    context.addIssue({ code: 'custom', path: ['window'], message: 'has a meaning only with usd: rates have their own' })
}
