import { KeyRing } from '../health/key-ring.ts'
import type { OpenedId } from '../sealed-id.ts'
import { notKept } from '../wire/not-kept.ts'
import type { Target } from './target.ts'

/**
 * The one target that has what a call goes on with, held to the key that it is kept under.
 *
 * @param targets those that the call may go to.
 * @throws SpekaError `previous_response_not_found`: it belongs to a provider or a key that is not among them.
 */
export function keeperOf(kept: OpenedId, targets: readonly Target[]): Target {
  for (const target of targets) {
    const upstream = target.provider === kept.provider ? target.keys.find((key) => kept.isOf(key)) : undefined
    if (upstream !== undefined) return { ...target, upstream, keys: new KeyRing([upstream]) }
  }
  throw notKept()
}
