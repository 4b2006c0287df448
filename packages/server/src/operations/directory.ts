import { isDeepStrictEqual } from 'node:util'
import { SpekaError } from '@speka/core'
import { accountRoles, type AccountRole, type Actor } from '../actor.ts'
import type { GroupRecord, MemberRecord } from '../store/records.ts'
import type { AnyWrite, Kept, Registry } from '../store/registry.ts'
import { changeBy } from './change.ts'
import type { OperationParts } from './operation.ts'
import { withoutPasskeys } from './passkeys-of.ts'
import { demandRight, demandRightsOf } from './rights.ts'

/** What the groups of a directory make of somebody. */
export interface RolesOfGroups {
  /** By the name of a group, or by its id at the directory. */
  readonly roles: ReadonlyMap<string, AccountRole>
  /** Of who is in none of them. */
  readonly defaultRole: AccountRole
}

/** What a directory pushes is about one account, whose token it holds. */
export interface Directory extends RolesOfGroups {
  readonly parts: OperationParts
  readonly actor: Extract<Actor, { kind: 'account' }>
}

/** How often it is tried when somebody else changes the same. */
const MOST_TRIES = 10

/** Does it again when another was quicker: a directory sends several changes of one group at once. */
export async function untilWritten<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      const isOvertaken = SpekaError.is(error) && error.code === 'conflict' && error.param === undefined
      if (!isOvertaken || tries === MOST_TRIES) throw error
    }
  }
}

/** The members of the account that the directory may know of, the oldest first: all but those that it has deleted. */
export async function directoryMembers({ parts, actor }: Directory): Promise<Kept<'member'>[]> {
  const all = await parts.store.registry.list('member', { account: actor.account })
  return all.filter(({ record }) => record.directory?.isDeleted !== true)
}

/** The groups of the account, the oldest first. */
export async function directoryGroups({ parts, actor }: Directory): Promise<Kept<'group'>[]> {
  const all = await parts.store.registry.list('group', { account: actor.account })
  return all.filter(({ record }) => record.removedAt === undefined)
}

/** The role that groups give a member: the highest of all. */
export function roleIn(groups: readonly GroupRecord[], id: string, { roles, defaultRole }: RolesOfGroups): AccountRole {
  const own = groups.filter(({ members }) => members.includes(id))
  const given = new Set(own.flatMap(({ name, externalId }) => [roles.get(name), roles.get(externalId ?? '')]))
  return accountRoles.find((role) => given.has(role)) ?? defaultRole
}

/**
 * Writes a member as the directory says he is. Who is not active any more is removed: within a second none of his keys works and
 * no session of his goes on, be he the last owner.
 *
 * @param also what is written with him, or not at all.
 * @throws SpekaError `permission_denied` when his role, as it was or will be, is above that of the token
 */
export async function putMember(
  { parts, actor }: Directory,
  before: Kept<'member'> | undefined,
  after: MemberRecord,
  also: readonly AnyWrite[] = [],
): Promise<Kept<'member'>> {
  demandMayPut(actor, before, after)
  if (before !== undefined && isSame(before.record, after)) return before
  const action = before === undefined ? 'create' : actionOf(before.record, after)
  const now = parts.now()
  const passkeys = action === 'remove' ? await withoutPasskeys(parts.store.registry, after, now) : []
  const by = changeBy(actor, `scim.user.${action}`, now)
  const [kept] = await parts.store.registry.change(
    [{ kind: 'member', before, after } as const, ...passkeys, ...also],
    by,
  )
  return kept as Kept<'member'>
}

/** Whether nothing would change by a write: a directory says the same again and again. */
const isSame = (one: object, other: object): boolean => isDeepStrictEqual(asKept(one), asKept(other))
const asKept = (record: object): unknown => JSON.parse(JSON.stringify(record))

function actionOf(before: MemberRecord, after: MemberRecord): string {
  if (after.status === 'removed' && before.status !== 'removed') return 'remove'
  return before.status === 'removed' && after.status !== 'removed' ? 'restore' : 'update'
}

function demandMayPut(actor: Directory['actor'], before: Kept<'member'> | undefined, after: MemberRecord): void {
  demandRight(actor, 'members.write')
  if (before !== undefined) demandRightsOf(actor, before.record.role)
  demandRightsOf(actor, after.role)
}

/**
 * Writes a group, and with it the roles of those who were in it or are: all of it or nothing.
 *
 * @param groups all that there are, as they were.
 * @throws SpekaError `permission_denied` for a role above that of the token
 */
export async function putGroup(
  directory: Directory,
  groups: readonly Kept<'group'>[],
  before: Kept<'group'> | undefined,
  after: GroupRecord,
): Promise<Kept<'group'>> {
  const { parts, actor } = directory
  demandRight(actor, 'members.write')
  if (before !== undefined && isSame(before.record, after)) return before
  const others = groups.map(({ record }) => record).filter(({ id }) => id !== after.id)
  const now = after.removedAt === undefined ? [...others, after] : others
  const touched = new Set([...(before?.record.members ?? []), ...after.members])
  const members = await membersWith(parts.store.registry, touched)
  const writes = members.flatMap((member): AnyWrite[] => {
    const role = roleIn(now, member.record.id, directory)
    if (role === member.record.role) return []
    const changed = { ...member.record, role }
    demandMayPut(actor, member, changed)
    return [{ kind: 'member', before: member, after: changed }]
  })
  const action = before === undefined ? 'create' : after.removedAt === undefined ? 'update' : 'remove'
  const by = changeBy(actor, `scim.group.${action}`, parts.now())
  const [kept] = await parts.store.registry.change([{ kind: 'group', before, after } as const, ...writes], by)
  return kept as Kept<'group'>
}

async function membersWith(registry: Registry, ids: ReadonlySet<string>): Promise<Kept<'member'>[]> {
  const found = await Promise.all([...ids].map((id) => registry.get('member', id)))
  return found.filter((one) => one !== undefined)
}
