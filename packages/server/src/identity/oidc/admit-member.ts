import { SpekaError } from '@speka/core'
import { accountRoles, type AccountRole } from '../../actor.ts'
import type { OidcProvider } from '../../config/identity-schema.ts'
import { mintId } from '../../keys/key-format.ts'
import { withoutPasskeys } from '../../operations/passkeys-of.ts'
import type { Person } from '../../site/sign-in-provider.ts'
import type { MemberRecord } from '../../store/records.ts'
import { memberLookup, type Registry } from '../../store/registry.ts'

/** How often it is tried when somebody changes the same member. */
const MOST_TRIES = 5

/** What somebody's groups make of him: the highest role of all. */
function roleOf({ roles }: OidcProvider, { groups }: Person): AccountRole | undefined {
  const given = new Set(groups.map((group) => roles.get(group)))
  return accountRoles.find((role) => given.has(role))
}

/**
 * The member that somebody is by what his provider says of him now: made when he comes for the first time, given the role that
 * his groups give him, and taken out of the account when they give him none.
 *
 * @param now in ms since the epoch
 * @returns the id of the member
 * @throws SpekaError `permission_denied` in words for him
 */
export async function admitMember(
  settings: OidcProvider,
  person: Person,
  { registry, now }: { registry: Registry; now: number },
): Promise<string> {
  const { name, account } = settings
  const { email } = person
  if (email === undefined)
    throw new SpekaError('permission_denied', `${name} gives no e-mail address of yours that it has verified.`)
  const role = roleOf(settings, person)
  for (let tries = 1; ; tries += 1) {
    const before = await registry.findBy('member', memberLookup({ account, email }))
    if (before?.record.status === 'removed' && before.record.directory !== undefined)
      throw new SpekaError(
        'permission_denied',
        'Your company’s directory has taken you out of the account. Ask whoever looks after it.',
      )
    const there = before !== undefined && before.record.status !== 'removed' ? before.record : undefined
    const after =
      role === undefined ? there && { ...there, status: 'removed' as const } : asMember(before?.record, role)
    const isChanged = after !== undefined && !(after.role === there?.role && after.status === there.status)
    try {
      if (isChanged) {
        const passkeys = after.status === 'removed' ? await withoutPasskeys(registry, after, now) : []
        await registry.change([{ kind: 'member', before, after }, ...passkeys], changeOf(after))
      }
    } catch (error) {
      const isOvertaken = SpekaError.is(error) && (error.code === 'conflict' || error.code === 'invalid_value')
      if (!isOvertaken || tries === MOST_TRIES) throw error
      continue
    }
    if (role !== undefined && after !== undefined) return after.id
    throw new SpekaError(
      'permission_denied',
      `None of your groups at ${name} gives you a role here. Ask whoever looks after them.`,
    )
  }

  function asMember(known: MemberRecord | undefined, given: AccountRole): MemberRecord {
    const made = { id: mintId('mem'), account, email: email ?? '', createdAt: now }
    return { ...(known ?? made), role: given, status: known?.status === 'invited' ? 'invited' : 'active' }
  }

  function changeOf({ id, status }: MemberRecord) {
    return { at: now, actor: id, action: status === 'removed' ? 'member.remove' : 'member.sign_in' }
  }
}
