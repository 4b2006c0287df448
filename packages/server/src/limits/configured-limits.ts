import { hash } from 'node:crypto'
import type { Limit } from '@speka/core/internal'
import { subjectKinds } from '@speka/core/internal'
import { EVERY_ACCOUNT } from './limit-book.ts'
import type { SaidAmounts, SaidSubject, SaidTerms } from './limit-fields.ts'
import { ruleOf, saidRules } from './limit-of.ts'

/** A limit as the configuration says it. */
export type ConfiguredLimit = SaidAmounts &
  SaidTerms & {
    readonly subject: SaidSubject
    /** Default: each account has it for itself. */
    readonly account?: string | undefined
  }

/** A key of the configuration, as far as limits go. */
export interface LimitedKey {
  /** The id that the gateway has given it. */
  readonly id: string
  readonly name: string
  readonly account: string
  readonly limits?: SaidAmounts | undefined
}

/**
 * The limits of a configuration, those of its keys included. A limit is known again by all but its amount, so that a changed
 * amount is one of the same limit.
 *
 * @param loadedAt when the configuration was read, in ms since the epoch: of two amounts the one that was read later counts.
 */
export function configuredLimits(
  limits: readonly ConfiguredLimit[],
  keys: readonly LimitedKey[],
  loadedAt: number,
): Limit[] {
  const idOfKey = new Map(keys.map(({ name, id }) => [name, id]))
  const said = limits.flatMap((limit) => limitsOf(limit, subjectOf(limit, idOfKey), loadedAt))
  const ofKeys = keys.flatMap(({ id, account, limits: amounts = {} }) =>
    limitsOf(amounts, { kind: 'key', id, account }, loadedAt),
  )
  return [...said, ...ofKeys]
}

function subjectOf({ subject, account }: ConfiguredLimit, idOfKey: ReadonlyMap<string, string>): Limit['subject'] {
  if (subject.each !== undefined) return { kind: subject.each, account: account ?? EVERY_ACCOUNT }
  const kind = subjectKinds.find((one) => subject[one] !== undefined) ?? 'account'
  const name = subject[kind] ?? ''
  if (kind === 'account') return { kind, account: name }
  const id = kind === 'key' ? (idOfKey.get(name) ?? name) : name
  return { kind, id, account: account ?? EVERY_ACCOUNT }
}

const limitsOf = (said: SaidAmounts & SaidTerms, subject: Limit['subject'], loadedAt: number): Limit[] =>
  saidRules(said).map((kept) => {
    const rule = ruleOf(kept)
    const { models, on_reached: onReached = 'stop', fallback } = said
    const window = rule.kind === 'usd' ? rule.window : ''
    const known = JSON.stringify([subject.kind, subject.id ?? '', subject.account, models ?? '', rule.kind, window])
    const id = `lim_config_${hash('sha256', known).slice(0, 12)}`
    return { id, subject, models, rule, onReached, fallback, since: loadedAt, revision: loadedAt }
  })

/** The first two of the limits that count the same requests the same way, by their places in the list. */
export function twice(limits: readonly ConfiguredLimit[]): readonly [number, number] | undefined {
  const first = new Map<string, number>()
  for (const [index, limit] of limits.entries()) {
    const [{ id } = { id: '' }] = limitsOf(limit, subjectOf(limit, new Map()), 0)
    const other = first.get(id)
    if (other !== undefined) return [other, index]
    first.set(id, index)
  }
  return undefined
}
