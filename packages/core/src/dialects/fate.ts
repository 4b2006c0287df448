import { isRecord } from '../json.ts'
import type { Refusal } from './refuse-fields.ts'

/** What becomes of a field on its way from one dialect to another. Fields that are in no row go along as they are. */
export type Fate =
  /** It is said in other words. */
  | { readonly fate: 'translated'; readonly to: readonly string[] }
  /** It is left out and named to the caller, unless it asks for nothing. */
  | { readonly fate: 'dropped'; readonly unless: readonly unknown[] }
  /**
   * The request is refused, unless it asks for nothing: always, or where no target speaks the caller's own dialect, which has
   * a meaning for it.
   */
  | { readonly fate: 'refused'; readonly why: Refusal; readonly always: boolean }

/** A table for one pair of dialects, by the names of the fields in the first of the two. */
export type Fates = Readonly<Record<string, Fate>>

export const translated = (...to: readonly string[]): Fate => ({ fate: 'translated', to })
export const dropped = (...unless: readonly unknown[]): Fate => ({ fate: 'dropped', unless })
export const refused = (why: Refusal): Fate => ({ fate: 'refused', why, always: true })
export const refusedByChat = (why: Refusal): Fate => ({ fate: 'refused', why, always: false })

/** The refusals of a table: those that hold always, or all of them. */
export const refusalsOf = (fates: Fates, which: 'always' | 'all'): Readonly<Record<string, Refusal>> =>
  Object.fromEntries(
    Object.entries(fates).flatMap(([name, row]) =>
      row.fate === 'refused' && (row.always || which === 'all') ? [[name, row.why]] : [],
    ),
  )

/** The fields of a request that are left out, by name, in the caller's order. */
export const droppedBy = (fates: Fates, request: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(request).filter((name) => {
    const row = Object.hasOwn(fates, name) ? fates[name] : undefined
    return row?.fate === 'dropped' && asksFor(request[name]) && !row.unless.includes(request[name])
  })

/** Whether a value is more than none at all. */
const asksFor = (value: unknown): boolean => {
  if (value === undefined || value === null) return false
  return typeof value === 'object' ? Object.keys(value).length > 0 : true
}

/** The fields that go along as they are: they are called the same on the other side. */
export const carriedBy = (fates: Fates, request: unknown): Record<string, unknown> =>
  Object.fromEntries(isRecord(request) ? Object.entries(request).filter(([name]) => !Object.hasOwn(fates, name)) : [])
