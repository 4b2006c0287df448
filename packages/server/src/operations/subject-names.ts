import type { Actor } from '../actor.ts'
import type { LimitView } from './limit-view.ts'
import type { OperationParts } from './operation.ts'
import { mayDo } from './rights.ts'

/**
 * What keys, teams and members are called whose requests limits count, by their ids: of those that whoever asks may see. A member is
 * called by his address.
 */
export async function subjectNames(
  { store: { registry } }: OperationParts,
  actor: Actor,
  limits: readonly Pick<LimitView, 'subject'>[],
): Promise<ReadonlyMap<string, string>> {
  const idsOf = (kind: LimitView['subject']['kind']): string[] => [
    ...new Set(limits.flatMap(({ subject }) => (subject.kind === kind && subject.id !== null ? [subject.id] : []))),
  ]
  const [keys, teams, members] = await Promise.all([
    mayDo(actor, 'keys.read') ? Promise.all(idsOf('key').map((id) => registry.get('key', id))) : [],
    mayDo(actor, 'teams.read') ? Promise.all(idsOf('team').map((id) => registry.get('team', id))) : [],
    mayDo(actor, 'members.read') ? Promise.all(idsOf('member').map((id) => registry.get('member', id))) : [],
  ])
  return new Map([
    ...[...keys, ...teams].flatMap((kept): [string, string][] => (kept ? [[kept.record.id, kept.record.name]] : [])),
    ...members.flatMap((kept): [string, string][] => (kept ? [[kept.record.id, kept.record.email]] : [])),
  ])
}
