import type { PicoUsd } from '../money.ts'

/** What a limit on money counts by, in UTC: `week` from Monday, as ISO 8601 has it. Nothing is ever reset: a new window begins. */
export const limitWindows = ['day', 'week', 'month', 'lifetime'] as const

export type LimitWindow = (typeof limitWindows)[number]

/** Whose requests a limit counts. All but the customer come from the key alone, never from the request. */
export const subjectKinds = ['account', 'team', 'environment', 'member', 'key', 'customer', 'tag'] as const

export type SubjectKind = (typeof subjectKinds)[number]

/** What a limit limits: `usd` is money in a window, the others are rates. `max_parallel` counts requests under way. */
export const limitKinds = ['usd', 'rpm', 'rpd', 'tpm', 'max_parallel'] as const

export type LimitKind = (typeof limitKinds)[number]

export type RateKind = Exclude<LimitKind, 'usd'>

/**
 * What happens when a limit is reached: the request is refused; nothing but a notice; or it is planned with the limit's own
 * cheaper models. Rates know `stop` alone.
 */
export const reachedActions = ['stop', 'notify', 'fallback'] as const

export type ReachedAction = (typeof reachedActions)[number]

/** Whose requests are counted. */
export interface Subject {
  readonly kind: SubjectKind
  /** Its id or its name. Absent: each one of its kind has the limit for itself, or it is the limit's account. */
  readonly id?: string | undefined
  /** What its people call it, where its id says nothing to them. Default: as its id. */
  readonly name?: string | undefined
  /** The account within which it counts. */
  readonly account: string
}

export type LimitRule =
  | { readonly kind: 'usd'; readonly amount: PicoUsd; readonly window: LimitWindow }
  | { readonly kind: RateKind; readonly amount: number }

/** One rule: whose requests, counted how, up to what, and what happens then. */
export interface Limit {
  readonly id: string
  readonly subject: Subject
  /** Only requests for models that match this glob. Default: all. */
  readonly models?: string | undefined
  readonly rule: LimitRule
  readonly onReached: ReachedAction
  /** With `fallback`: the models to ask instead, in order. */
  readonly fallback?: readonly string[] | undefined
  /** Only what live keys use counts, as it does on invoices; with the test keys that stand in no store. Default: all keys count. */
  readonly liveKeysOnly?: { readonly testKeys: readonly string[] } | undefined
  /** When it was made, in ms since the epoch; 0: before anything was spent. What its window had spent by then counts. */
  readonly since: number
  /** Grows with each change of it: of two amounts of one limit the one of the higher revision is in force. */
  readonly revision: number
  /** What lets its caller go on, behind "or": `take a larger plan`. Default: to ask whoever set the limit to raise it. */
  readonly remedy?: string | undefined
  /** Of money: how much it is cannot be known at present, and may be more. What it refuses is told so, and is worth trying again. */
  readonly mayBeMore?: true | undefined
}

/** A limit as it applies to one call: with whom it counts. */
export interface AppliedLimit<Rule extends LimitRule = LimitRule> {
  readonly limit: Limit & { readonly rule: Rule }
  /** What is counted together: the limit's id and, where each has it for himself, whose it is. */
  readonly place: string
  /** The one it counts for, by its id or its name. */
  readonly subjectId: string
}

export type AppliedMoney = AppliedLimit<Extract<LimitRule, { kind: 'usd' }>>
export type AppliedRate = AppliedLimit<Extract<LimitRule, { kind: RateKind }>>

/** Everything that limits one call, by how it is counted. */
export interface Applied {
  readonly money: readonly AppliedMoney[]
  readonly rates: readonly AppliedRate[]
}
