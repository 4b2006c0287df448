import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { mintId } from '../keys/key-format.ts'
import { amounts, oneRule, subjects, terms } from '../limits/limit-fields.ts'
import { saidRules } from '../limits/limit-of.ts'
import type { LimitRecord } from '../store/records.ts'
import type { Kept } from '../store/registry.ts'
import { add, expectRevision, replace } from './change.ts'
import { id, revision } from './fields.ts'
import { findSubject, type FoundSubject } from './limit-subject.ts'
import { limitView, viewLimit } from './limit-view.ts'
import { operation } from './operation.ts'

/**
 * Sets a limit. Where the same requests are counted the same way already (subject, models, kind and window), that limit gets
 * the new amount, and what is spent of it stays spent; else it is a new one. In force everywhere within a second.
 *
 * @throws SpekaError `not_found`, `invalid_value`; `permission_denied` when the operator has set it; `conflict`
 */
export const setLimit = operation({
  right: 'limits.write',
  input: z
    .strictObject({
      /** Default: that of the subject, else one's own. */
      account: id.optional(),
      /** Whose requests it counts. Default: all of the account. */
      subject: subjects.optional(),
      ...amounts,
      ...terms,
      revision,
    })
    .superRefine(oneRule),
  output: limitView,
  async run(parts, wanted, actor) {
    const found = await findSubject(parts, actor, wanted.subject ?? {}, wanted.account)
    const [rule] = saidRules(wanted)
    if (rule === undefined) throw new SpekaError('invalid_value', 'usd is missing.', { param: 'usd' })
    const said = { models: wanted.models, rule, onReached: wanted.on_reached ?? 'stop', fallback: wanted.fallback }
    const limits = await parts.store.registry.list('limit', { account: found.account })
    const before = limits.find((kept) => countsAlike(kept, found, said))
    if (before === undefined) {
      const record = newLimit(actor, { ...found, ...said }, parts.now())
      return viewLimit(parts, await add(parts, actor, 'limit.set', 'limit', record))
    }
    demandOwn(actor, before.record)
    expectRevision(before, wanted.revision)
    const after: LimitRecord = { ...before.record, ...said }
    if (JSON.stringify(after) === JSON.stringify(before.record)) return viewLimit(parts, before)
    return viewLimit(parts, await replace(parts, actor, 'limit.set', before, after))
  },
})

/** What is said of a limit beside whose it is. */
type SaidLimit = Pick<LimitRecord, 'models' | 'rule' | 'onReached' | 'fallback'>

/** @param since as {@link LimitRecord} has it. Default: from now on. */
export const newLimit = (
  actor: Actor,
  { account, subject, models, rule, onReached, fallback }: FoundSubject & SaidLimit,
  now: number,
  since = now,
): LimitRecord => ({
  id: mintId('lim'),
  account,
  createdAt: now,
  subject,
  ...(models !== undefined && { models }),
  rule,
  onReached,
  ...(fallback !== undefined && { fallback }),
  since,
  setBy: actor.kind,
})

/** Whether a limit counts the same requests the same way as one that is said. */
function countsAlike({ record }: Kept<'limit'>, { subject }: FoundSubject, { models, rule }: SaidLimit): boolean {
  return (
    record.removedAt === undefined &&
    record.subject.kind === subject.kind &&
    record.subject.id === subject.id &&
    record.models === models &&
    isSameRule(record.rule, rule)
  )
}

/** Whether two rules differ at most by their amount. */
export const isSameRule = (one: LimitRecord['rule'], other: LimitRecord['rule']): boolean =>
  one.kind === 'usd' && other.kind === 'usd' ? one.window === other.window : one.kind === other.kind

/** @throws SpekaError `permission_denied` */
export function demandOwn(actor: Actor, { id, setBy }: LimitRecord): void {
  if (actor.kind === 'operator' || setBy === 'account') return
  throw new SpekaError('permission_denied', `The operator has set ${id}, so it is not yours to change.`)
}
