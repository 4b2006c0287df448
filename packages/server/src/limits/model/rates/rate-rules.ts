/** Every rule of rates in docs/owners.md that can be left out, to see what it is for. */
export const rateRuleNames = [
  'counted-beyond-the-window',
  'usable-from-the-question',
  'unused-is-handed-back',
  'handing-back-says-what-was-used',
  'written-before-use',
  'another-boot-is-full',
] as const

export type RateRuleName = (typeof rateRuleNames)[number]

export type RateRules = Readonly<Record<RateRuleName, boolean>>

export const allRateRules = Object.fromEntries(rateRuleNames.map((name) => [name, true])) as Record<
  RateRuleName,
  boolean
>

/** All rules but one. */
export const withoutRate = (name: RateRuleName): RateRules => ({ ...allRateRules, [name]: false })

/** The window of a rate. */
export const WINDOW_MS = 60_000
/** A packet is used within this long of the moment its question was sent. */
export const USABLE_MS = 245
/** A packet counts for this long from the moment it was made: a window, and the time in which its last slot may be used. */
export const COUNTED_MS = 60_250
/** Up to this rate a question brings one slot. */
export const ONE_BY_ONE_RPM = 60
/** Up to this rate the authority keeps the time of each packet; above it, buckets. */
export const EXACT_RPM = 120
export const BUCKET_MS = 100
