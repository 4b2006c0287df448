import type { SpekaError } from '@speka/core'
import type { KeyRecord } from '../store/records.ts'
import type { AnyKept } from '../store/registry.ts'
import { accountSuspended, endOf, memberGone } from './key-refusal.ts'

/** What ended, or will: a key by itself, or all keys of a member or an account. */
export type Ending =
  | ({ readonly kind: 'key'; readonly id: string } & Partial<
      Pick<KeyRecord, 'revokedAt' | 'expiresAt' | 'replacedUntil'>
    >)
  | { readonly kind: 'account' | 'member'; readonly id: string }

/** Whether a record that has changed ends keys; `undefined`: it does not. */
export function endingOf({ kind, record }: AnyKept): Ending | undefined {
  switch (kind) {
    case 'key': {
      const { id, revokedAt, expiresAt, replacedUntil } = record
      const hasEnd = (revokedAt ?? expiresAt ?? replacedUntil) !== undefined
      return hasEnd ? { kind, id, revokedAt, expiresAt, replacedUntil } : undefined
    }
    case 'account':
      return record.status === 'suspended' ? { kind, id: record.id } : undefined
    case 'member':
      return record.status === 'removed' ? { kind, id: record.id } : undefined
    default:
      return undefined
  }
}

/** What others say has ended while the store itself says nothing. Only that: nobody is let in by what others say. */
export class EndedElsewhere {
  readonly #endings = new Map<string, Ending>()
  /** Whether nothing has ended, so that nobody need be asked about: nearly always. */
  isEmpty = true

  take(endings: readonly Ending[]): void {
    for (const ending of endings) this.#endings.set(ending.id, ending)
    this.isEmpty = this.#endings.size === 0
  }

  /** The store is heard again, and what it says counts. */
  forget(): void {
    this.#endings.clear()
    this.isEmpty = true
  }

  /** Why a key that is known may not be used. */
  refusalOf(key: Pick<KeyRecord, 'id' | 'account' | 'member'>, now: number): SpekaError | undefined {
    if (this.#endings.size === 0) return undefined
    const itself = this.#endings.get(key.id)
    if (itself?.kind === 'key') {
      const refusal = endOf(itself, now)
      if (refusal !== undefined) return refusal
    }
    if (key.member !== undefined && this.#endings.get(key.member)?.kind === 'member') return memberGone()
    return this.#endings.get(key.account)?.kind === 'account' ? accountSuspended() : undefined
  }
}
