import { accountRoles, type AccountRole } from '../actor.ts'
import { everyOperation } from './__fixtures__/every-operation.ts'
import { fullAccount, holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { changeRole, removeMember } from './change-member.ts'
import { createToken } from './create-token.ts'
import { inviteMember } from './invite-member.ts'
import { revokeToken } from './revoke-token.ts'

/** What only the operator may do. */
const operators = new Set([
  'createAccount',
  'suspendAccount',
  'resumeAccount',
  'changePlan',
  'verifyAudit',
  'verifyLedger',
  'rebuildSums',
  'exportRecords',
])

const ofAnAccount = everyOperation.map(({ name }) => name).filter((name) => !operators.has(name))

const looking = ['showAccount', 'listAccounts', 'listTeams', 'listMembers', 'totalUsage']

/** What each role may do in its account, as docs/accounts.md has it. */
const may: Readonly<Record<AccountRole, readonly string[]>> = {
  viewer: [...looking, 'showKey', 'listKeys'],
  billing: looking,
  member: [...looking, 'showKey', 'listKeys', 'createKey', 'updateKey', 'rotateKey', 'revokeKey'],
  admin: ofAnAccount,
  owner: ofAnAccount,
}

const cases = everyOperation.flatMap((one) => accountRoles.map((role) => ({ ...one, role })))

test.each(cases)('a $role and $name', async ({ name, run, input, role }) => {
  const { parts } = operationParts()
  const ids = await fullAccount(parts, 'mine')
  const version = await parts.store.registry.version()
  const done = run(parts, holder(ids.account, role), input(ids))
  if (may[role].includes(name)) await done
  else {
    await expect(done).rejects.toMatchObject({ code: 'permission_denied', status: 403 })
    expect(await parts.store.registry.version()).toBe(version)
  }
})

test.each(everyOperation)('the operator may $name', async ({ run, input }) => {
  const { parts } = operationParts()
  await run(parts, operator, input(await fullAccount(parts, 'mine')))
})

test('nobody gives or takes a role that may do what he may not', async () => {
  const { parts } = operationParts()
  const { account } = await fullAccount(parts, 'mine')
  const owner = await inviteMember(parts, operator, { account, email: 'owner@example.com', role: 'owner' })
  const token = await createToken(parts, operator, { account, name: 'a', role: 'owner' })
  const admin = holder(account, 'admin')
  for (const refused of [
    inviteMember(parts, admin, { email: 'b@example.com', role: 'owner' }),
    changeRole(parts, admin, { id: owner.id, role: 'viewer' }),
    removeMember(parts, admin, { id: owner.id }),
    createToken(parts, admin, { name: 'b', role: 'owner' }),
    createToken(parts, holder(account, 'owner'), { name: 'b', role: 'operator' }),
    revokeToken(parts, admin, { id: token.id }),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' })
  await createToken(parts, holder(account, 'owner'), { name: 'b', role: 'owner' })
  await removeMember(parts, holder(account, 'owner'), { id: owner.id })
})
