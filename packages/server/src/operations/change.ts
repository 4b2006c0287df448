import { SpekaError } from '@speka/core'
import { actorName, type Actor } from '../actor.ts'
import type { ChangeBy, Kept, RegistryKind, RegistryKinds } from '../store/registry.ts'
import type { OperationParts } from './operation.ts'

/** Who makes a change now, for the audit. */
export const changeBy = (actor: Actor, action: string, at: number): ChangeBy => ({
  at,
  actor: actorName(actor),
  action,
})

/**
 * Refuses to change what is no longer as somebody has seen it.
 *
 * @param revision the one he has seen. Default: whatever is there now.
 * @throws SpekaError `conflict`
 */
export function expectRevision(
  { kind, revision: now, record }: Kept<RegistryKind>,
  revision: number | undefined,
): void {
  if (revision === undefined || revision === now) return
  const message = `The ${kind} ${record.id} has revision ${now}, not ${revision}: it was changed meanwhile. Read it again, then try again.`
  throw new SpekaError('conflict', message)
}

/** Adds one record. @throws SpekaError as `Registry.change` does. */
export async function add<K extends RegistryKind>(
  { store, now }: OperationParts,
  actor: Actor,
  action: string,
  kind: K,
  after: RegistryKinds[K],
): Promise<Kept<K>> {
  const [kept] = await store.registry.change([{ kind, after }], changeBy(actor, action, now()))
  return kept
}

/** Puts one record in place of another. @throws SpekaError as `Registry.change` does. */
export async function replace<K extends RegistryKind>(
  { store, now }: OperationParts,
  actor: Actor,
  action: string,
  before: Kept<K>,
  after: RegistryKinds[K],
): Promise<Kept<K>> {
  const write = { kind: before.kind, before, after }
  const [kept] = await store.registry.change([write], changeBy(actor, action, now()))
  return kept
}
