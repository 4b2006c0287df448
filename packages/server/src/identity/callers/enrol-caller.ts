import { SpekaError } from '@speka/core'
import { callerId } from '../../keys/caller-id.ts'
import { keyDigest } from '../../keys/key-digest.ts'
import type { KeyRecord } from '../../store/records.ts'
import type { Registry } from '../../store/registry.ts'
import type { Caller } from './find-caller.ts'
import type { VerifiedToken } from './verify-token.ts'

/** How often it is tried when others enrol him at the same time. */
const MOST_TRIES = 5

/**
 * The record of who comes with a token, among those of keys: what is used by him, and what limits him, goes by it. It is made
 * when he comes for the first time, and changed when his team, his member or his name has. No key has its digest.
 *
 * @param now in ms since the epoch
 */
export async function enrolCaller(
  { issuer, subject }: VerifiedToken,
  { account, member, team, name }: Caller,
  { registry, pepper, now }: { registry: Registry; pepper: Buffer; now: number },
): Promise<KeyRecord> {
  const id = callerId(issuer.issuer, subject, account.id)
  const said = { name, team, member: member?.id }
  for (let tries = 1; ; tries += 1) {
    const before = await registry.get('key', id)
    if (before !== undefined && isAs(before.record, said)) return before.record
    const digest = keyDigest(id, pepper)
    const after: KeyRecord =
      before === undefined
        ? { ...said, id, account: account.id, mode: 'live', digest, labels: 0, limits: {}, createdAt: now }
        : { ...before.record, ...said }
    try {
      const action = before === undefined ? 'caller.enrol' : 'caller.change'
      const [kept] = await registry.change([{ kind: 'key', before, after }], {
        at: now,
        actor: member?.id ?? id,
        action,
      })
      return kept.record
    } catch (error) {
      const isOvertaken = SpekaError.is(error) && (error.code === 'conflict' || error.code === 'invalid_value')
      if (!isOvertaken || tries === MOST_TRIES) throw error
    }
  }
}

const isAs = (record: KeyRecord, said: Pick<KeyRecord, 'name' | 'team' | 'member'>): boolean =>
  record.name === said.name && record.team === said.team && record.member === said.member
