import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { amounts, windowOfMoney, type SaidAmounts } from '../limits/limit-fields.ts'
import { saidRules } from '../limits/limit-of.ts'
import type { KeyRecord, LimitRecord } from '../store/records.ts'
import type { Kept, Registry, Write } from '../store/registry.ts'
import { demandRight } from './rights.ts'
import { demandOwn, isSameRule, newLimit } from './set-limit.ts'

/** How much a key may use: each becomes a limit whose subject is the key. */
export const limitsOfNewKey = z
  .strictObject(amounts, { error: 'must be an object such as {"usd": "5", "window": "month"}' })
  .superRefine(windowOfMoney)

/** The same to change them: what is left out stays, `null` takes away. */
export const limitsOfKey = z.strictObject(
  {
    usd: amounts.usd.nullable(),
    window: amounts.window,
    rpm: amounts.rpm.nullable(),
    rpd: amounts.rpd.nullable(),
    tpm: amounts.tpm.nullable(),
    max_parallel: amounts.max_parallel.nullable(),
  },
  { error: 'must be an object such as {"usd": "5", "window": "month"}' },
)

type ChangedAmounts = z.output<typeof limitsOfKey>

/** The limits to keep with a key that is made in the same change: nothing was spent before. */
export const limitsOfNew = (actor: Actor, key: KeyRecord, said: SaidAmounts = {}): Write<'limit'>[] =>
  saidRules(said).map((rule) => ({ kind: 'limit', after: ownLimit(actor, key, rule, key.createdAt, 0) }))

/**
 * What becomes of a key's own limits, to write with the key. An amount is that of the window that is said, else of the one
 * there is.
 *
 * @throws SpekaError `permission_denied` for who may not set limits, and where the operator has set one of them
 */
export async function limitsOfChanged(
  registry: Registry,
  actor: Actor,
  key: KeyRecord,
  wanted: ChangedAmounts,
  now: number,
): Promise<Write<'limit'>[]> {
  demandRight(actor, 'limits.write')
  const own = await ownLimits(registry, key)
  const { usd, window, rpm, rpd, tpm, max_parallel } = wanted
  const rates = { rpm: rpm ?? undefined, rpd: rpd ?? undefined, tpm: tpm ?? undefined }
  const amounts = { usd: usd ?? undefined, ...rates, max_parallel: max_parallel ?? undefined }
  const set = saidRules({ ...amounts, window: window ?? windowOf(own) }).flatMap((rule): Write<'limit'>[] => {
    const before = own.find(({ record }) => isSameRule(record.rule, rule))
    if (before === undefined) return [{ kind: 'limit', after: ownLimit(actor, key, rule, now, now) }]
    return [{ kind: 'limit', before, after: { ...before.record, rule } }]
  })
  const removed = own
    .filter(({ record }) => wanted[record.rule.kind] === null)
    .map((before): Write<'limit'> => ({ kind: 'limit', before, after: { ...before.record, removedAt: now } }))
  const writes = [...set, ...removed]
  for (const { before } of writes) if (before !== undefined) demandOwn(actor, before.record)
  return writes
}

/** The limits in force whose subject is one key, and all that it asks for. */
async function ownLimits(registry: Registry, { id, account, origin = id }: KeyRecord): Promise<Kept<'limit'>[]> {
  const isOwn = ({ record }: Kept<'limit'>): boolean =>
    isOfKey(record, origin) && record.models === undefined && record.onReached === 'stop'
  return (await registry.list('limit', { account })).filter(isOwn)
}

/** Whether a limit is in force, and a key's own. @param origin the id under which the key is counted. */
export const isOfKey = ({ subject, removedAt }: LimitRecord, origin: string): boolean =>
  removedAt === undefined && subject.kind === 'key' && subject.id === origin

/** The window of the one limit on money there is. */
function windowOf(own: readonly Kept<'limit'>[]) {
  const windows = own.flatMap(({ record }) => (record.rule.kind === 'usd' ? [record.rule.window] : []))
  return windows.length === 1 ? windows[0] : undefined
}

const ownLimit = (actor: Actor, key: KeyRecord, rule: LimitRecord['rule'], now: number, since: number): LimitRecord =>
  newLimit(
    actor,
    {
      account: key.account,
      subject: { kind: 'key', id: key.origin ?? key.id },
      models: undefined,
      rule,
      onReached: 'stop',
      fallback: undefined,
    },
    now,
    since,
  )
