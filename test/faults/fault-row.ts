import type { ErrorCode, SpekaError, UsageRecord } from '@speka/core'
import type { Script, SeenRequest } from '../support/scripted-upstream.ts'

/** In which way the caller asks. */
export type Way = 'JSON' | 'stream'

export const ways: readonly Way[] = ['JSON', 'stream']

/**
 * Which targets there are, and which of them is at fault. Of the others, those before it are unavailable (503) and those
 * behind it are well. `twice`: the first two are at fault, the third is well.
 */
export type Place = 'alone' | 'first' | 'middle' | 'last' | 'twice'

/** What a caller must see. */
export type Sees =
  /** The answer of the target at fault, whole all the same. */
  | { readonly kind: 'answer' }
  /** The whole answer of another target. */
  | { readonly kind: 'another' }
  /** An error and nothing else. */
  | { readonly kind: 'error'; readonly code: ErrorCode }
  /** A stream that ends in an error event after `text`, without an end mark. */
  | { readonly kind: 'broken'; readonly code: ErrorCode; readonly text: string }

export const answer: Sees = { kind: 'answer' }
export const another: Sees = { kind: 'another' }
export const error = (code: ErrorCode): Sees => ({ kind: 'error', code })
export const broken = (code: ErrorCode, text: string): Sees => ({ kind: 'broken', code, text })

/** One way in which a fault strikes. */
export interface FaultCase {
  readonly way: Way
  /** When or where it strikes, in words. */
  readonly at: string
  readonly place: Place
  /** The provider at fault. Default: `faulty`, which does what `script` says. */
  readonly provider?: string
  readonly script?: Script
  readonly sees: Sees
  /** What the target at fault says when it answers. Default: {@link TEXT}. */
  readonly text?: string
  /** Added to the request's body, and to its headers. */
  readonly request?: object
  readonly headers?: Readonly<Record<string, string>>
  /** In pico-dollars; `any`: it is for `also` to say. Default: 10 tokens in and 5 out for an answer, else nothing. */
  readonly charge?: bigint | 'any'
  /** How often the target at fault is asked. Default: once. */
  readonly asked?: number
  /** What else must be so. */
  readonly also?: (seen: Observed) => void
}

/** One row of the catalogue. */
export interface FaultRow {
  /** `F-01` and so on: names that stay. */
  readonly id: string
  /** What goes wrong, as a noun. */
  readonly fault: string
  readonly cases: readonly FaultCase[]
  /** How many of them strike at once. Default: ten. */
  readonly atOnce?: number
}

/** What a request came to. */
export interface Observed {
  readonly model: string
  /** 0 when no response came. */
  readonly status: number
  readonly headers: Headers
  /** The body, byte for byte. */
  readonly text: string
  /** What the official SDK made of it. */
  readonly sdk:
    | { readonly ok: true; readonly text: string }
    | { readonly ok: false; readonly error: unknown; readonly text: string }
  readonly records: readonly UsageRecord[]
  readonly failures: readonly SpekaError[]
  /** What the scripted upstream was asked for this model. */
  readonly asked: readonly SeenRequest[]
  /** What the targets were asked that are well. */
  readonly others: readonly SeenRequest[]
  /** Whether the target at fault is now under suspicion. */
  readonly suspect: boolean
}

/** The answer of the target at fault, in pieces and whole. */
export const PIECES = ['The ', 'quick ', 'brown ', 'fox ', 'jumps.']
export const TEXT = PIECES.join('')

/**
 * A fault that strikes before there is an answer, at each place among three targets: another answers as long as there is
 * one, else the caller is told.
 */
export function everyPlace(code: ErrorCode, more: Partial<FaultCase> = {}, only: readonly Way[] = ways): FaultCase[] {
  return only.flatMap((way): FaultCase[] => [
    { way, at: 'the first target', place: 'first', sees: another, ...more },
    { way, at: 'the second target', place: 'middle', sees: another, ...more },
    { way, at: 'the last target', place: 'last', sees: error(code), ...more },
  ])
}

/** The same cases with words added to where they strike. */
export const named = (words: string, cases: readonly FaultCase[]): FaultCase[] =>
  cases.map((one) => ({ ...one, at: `${words}, ${one.at}` }))

/** A fault of the first of three targets, in a JSON answer. */
export const inJson = (at: string, script: Script, sees: Sees, more: Partial<FaultCase> = {}): FaultCase => ({
  way: 'JSON',
  at,
  place: 'first',
  script,
  sees,
  ...more,
})

/** The same in a stream. */
export const inStream = (at: string, script: Script, sees: Sees, more: Partial<FaultCase> = {}): FaultCase => ({
  ...inJson(at, script, sees, more),
  way: 'stream',
})
