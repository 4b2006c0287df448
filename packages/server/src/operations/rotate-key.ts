import { SpekaError } from '@speka/core'
import { z } from 'zod'
import { isCallerId } from '../keys/caller-id.ts'
import { createKeyRecord } from '../keys/create-key.ts'
import type { KeyRecord } from '../store/records.ts'
import { changeBy, expectRevision } from './change.ts'
import { id, revision, span } from './fields.ts'
import { newKeyView, viewKey } from './key-view.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'

/**
 * Replaces a virtual key by a new one with its name, labels, limits and end. The old one goes on for the grace, and then stops.
 *
 * @throws SpekaError `key_not_found`; `invalid_value` when it has ended or been replaced already; `conflict`
 */
export const rotateKey = operation({
  right: 'keys.write',
  input: z.strictObject({
    id,
    /** How long the old key goes on, such as `24h`. Default: it stops at once. */
    grace: span.optional(),
    revision,
  }),
  output: newKeyView.extend({ replaces: z.string() }),
  async run(parts, { id, grace = 0, revision }, actor) {
    const { store, pepper, now } = parts
    const before = await findOwn(parts, actor, 'key', id)
    const old = before.record
    const at = now()
    refuseEnded(old, at)
    expectRevision(before, revision)
    const { name, mode, account, team, member, environment, tags, limits, expiresAt } = old
    const origin = old.origin ?? old.id
    const { key, record } = createKeyRecord(
      { name, mode, account, team, member, environment, tags, limits, expiresAt, origin },
      await pepper(),
      at,
    )
    const ended: KeyRecord = {
      ...old,
      replacedBy: record.id,
      ...(grace === 0 ? { revokedAt: at } : { replacedUntil: at + grace }),
    }
    const writes = [
      { kind: 'key', after: record },
      { kind: 'key', before, after: ended },
    ] as const
    const [made] = await store.registry.change(writes, changeBy(actor, 'key.rotate', at))
    return { key, ...(await viewKey(parts, made)), replaces: old.id }
  },
})

function refuseEnded({ id, revokedAt, replacedBy, expiresAt }: KeyRecord, now: number): void {
  if (isCallerId(id))
    throw new SpekaError(
      'invalid_value',
      `${id} stands for somebody who comes with tokens of an issuer: there is no key to replace.`,
    )
  const how =
    (revokedAt !== undefined && 'is revoked already') ||
    (replacedBy !== undefined && `is replaced already, by ${replacedBy}`) ||
    (expiresAt !== undefined && expiresAt <= now && 'has expired')
  if (how === false) return
  throw new SpekaError('invalid_value', `${id} ${how}. Make a new key: speka keys create --name NAME`)
}
