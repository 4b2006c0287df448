import { SpekaError } from '@speka/core'
import type { OidcProvider } from '../../config/identity-schema.ts'
import type { Person } from '../../site/sign-in-provider.ts'
import type { Registry } from '../../store/registry.ts'

/** How somebody is called who runs the gateway: his provider is part of it, since two may have the same names. */
const personName = ({ name }: OidcProvider, { subject, email }: Person): string => `${email ?? subject} (${name})`

/**
 * Lets in who runs the gateway, by his group. Who is not in it any more is out with all the sessions that he still has.
 *
 * @param now in ms since the epoch
 * @returns who it is, in words
 * @throws SpekaError `permission_denied` in words for him
 */
export async function admitOperator(
  settings: OidcProvider,
  person: Person,
  { registry, now }: { registry: Registry; now: number },
): Promise<string> {
  const { name, operatorGroup } = settings
  const who = personName(settings, person)
  if (operatorGroup !== undefined && person.groups.includes(operatorGroup)) return who
  const sessions = await registry.list('session', { account: '' })
  for (const before of sessions) {
    const { record } = before
    if (record.person !== who || record.revokedAt !== undefined || record.expiresAt <= now) continue
    const by = { at: now, actor: record.id, action: 'session.revoke' }
    await registry.change([{ kind: 'session', before, after: { ...record, revokedAt: now } }], by)
  }
  throw new SpekaError(
    'permission_denied',
    `You are not in the group at ${name} that runs this gateway. Ask whoever looks after it.`,
  )
}
