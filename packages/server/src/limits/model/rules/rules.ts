/** Every rule of docs/owners.md that can be left out, to see what it is for. */
export const ruleNames = [
  'one-life-one-owner',
  'numbered-by-the-store',
  'known-rows-take-no-number',
  'resent-until-answered',
  'lost-is-not-dead',
  'reserve-runs-while-the-store-is-up',
  'spool-before-retirement',
  'a-start-replays-every-spool',
  'the-dead-are-refused',
  'trust-is-checked',
  'trust-counts-from-sending',
  'trust-before-a-spooled-finish',
  'goodbye-ends-admission',
  'spooled-rows-are-never-refused',
  'late-rows-count-apart',
  'no-spool-beside-unsynced-leases',
  'another-boot-is-dead',
  'one-call-in-flight',
  'says-what-it-has',
  'calls-are-numbered',
  'only-the-last-call-is-heard',
  'all-budgets-or-none',
  'neighbours-take-nothing',
  'waiting-takes-nothing',
  'recall-before-refusal',
  'recall-answers-after-calls',
  'answers-count-before-the-attempt',
  'no-refusal-after-the-wait',
  'returned-means-ask-again',
  'granted-since-means-ask-again',
  'silence-is-not-nothing',
  'silence-ends-when-heard',
  'a-lower-cap-recalls',
  'an-excess-is-lent',
] as const

export type RuleName = (typeof ruleNames)[number]

/** Which rules are kept: all of them, but in a broken control. */
export type Rules = Readonly<Record<RuleName, boolean>>

export const allRules: Rules = Object.fromEntries(ruleNames.map((name) => [name, true])) as Record<RuleName, boolean>

/** All rules but one. */
export const without = (name: RuleName): Rules => ({ ...allRules, [name]: false })

/** Spans of time, in milliseconds. */
export interface Timing {
  /** How often an owner that has nothing else to say is heard. */
  readonly beat: number
  /** Unheard for so long, an owner's session is lost. */
  readonly lost: number
  /** For so long the lease of a lost session is kept for it. */
  readonly reserve: number
  /** For so long an owner trusts its lease after it sent the last message that was answered. Not above `reserve`. */
  readonly trust: number
  /** A lease call without an answer is given up after this, and another is sent. */
  readonly callTimeout: number
  /** Rows without an answer are sent again after this. */
  readonly resend: number
  /** A client whose row has no answer is given a spooled end, or an error, after this. */
  readonly patience: number
  /** A holder that has not answered a recall for so long is silent. */
  readonly recallTimeout: number
  /** A request waits for money no longer than this. */
  readonly wait: number
}

/** As the gateway is to have them. */
const realTiming: Timing = {
  beat: 1000,
  lost: 15_000,
  reserve: 120_000,
  trust: 120_000,
  callTimeout: 1000,
  resend: 1000,
  patience: 2000,
  recallTimeout: 1000,
  wait: 2000,
}

/** The same in proportion, so that a schedule of half a minute has deaths and wakings in it. */
export const shortTiming: Timing = { ...realTiming, beat: 500, lost: 2500, reserve: 8000, trust: 8000 }
