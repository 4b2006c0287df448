/** A code that was asked for, as it is kept: digests alone, so that whoever has the store knows neither codes nor addresses. */
export interface CodeToKeep {
  /** Whose it is: a digest of the address. */
  readonly address: string
  /** A digest of the code and its address. */
  readonly code: string
  /** What it counts in. Where one of them is full, the code is not kept and counts nowhere. */
  readonly counters: readonly CodeCounter[]
  /** In ms since the epoch. */
  readonly now: number
  /** When it ends, in ms since the epoch. */
  readonly until: number
}

/** Codes that were asked for by somebody, or for somebody, in the last {@link COUNTED_MS}. */
export interface CodeCounter {
  /** A digest of what it counts for: an address, a client. */
  readonly of: string
  /** How many at the most. */
  readonly most: number
}

/** What became of a code that was asked for. */
export type CodeKept =
  | { readonly isKept: true }
  /** A counter is full: which, by its place in the list, and when there is room again, in ms since the epoch. */
  | { readonly isKept: false; readonly full: number; readonly until: number }

/** A code that somebody says. */
export interface CodeToTry {
  readonly address: string
  readonly code: string
  readonly now: number
  /** Whether a right one is used up by it. */
  readonly isUsedUp: boolean
}

/**
 * `right`: it is one of the address's codes. `wrong`: it is none, and one try of each of them is gone. `none`: the address has no code
 * that could be right; all have ended, were used, or have no tries left.
 */
export type CodeTried = 'right' | 'wrong' | 'none'

/** How often a code may be tried. */
export const MOST_CODE_TRIES = 5

/** How long a code that was asked for counts, in ms: an hour. */
export const COUNTED_MS = 3_600_000

/** A try that counts until it is known not to be a wrong one. */
export interface TryToCount extends CodeCounter {
  /** Over what time they count, in ms: {@link COUNTED_MS} at the most. */
  readonly withinMs: number
  readonly now: number
}

/**
 * The one-time codes by which people sign in, and how often they were wrong in doing so, which all processes share. `describeSignInCodes` in `sign-in-codes.contract.ts` says how each
 * member behaves. Losing them loses no account: who is about to sign in asks for another code.
 */
export interface SignInCodes {
  /** Keeps a code beside others of its address, unless too many were asked for. All or nothing. */
  keep(code: CodeToKeep): Promise<CodeKept>
  /**
   * Counts a try of something, unless as many were counted in the time before.
   *
   * @returns when there is room again, in ms since the epoch; `undefined`: it was counted.
   */
  countTry(counted: TryToCount): Promise<number | undefined>
  /** Takes back one try that was counted at a moment: it was no wrong one. */
  forgiveTry(of: string, at: number): Promise<void>
  /** Tries a code. Of several who use up one at the same time, one is right; with it the address's other codes are gone too. */
  try(code: CodeToTry): Promise<CodeTried>
}
