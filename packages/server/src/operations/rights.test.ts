import { accountRoles, type AccountRole } from '../actor.ts'
import { everyOperation } from './__fixtures__/every-operation.ts'
import { fullAccount, holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { changeRole, removeMember } from './change-member.ts'
import { createToken } from './create-token.ts'
import { inviteMember } from './invite-member.ts'
import { removeLimit } from './remove-limit.ts'
import { demandRight, mayDo } from './rights.ts'
import { revokeToken } from './revoke-token.ts'
import { showAccount } from './show-account.ts'
import { showKey } from './show-key.ts'

/** What only the operator may do. */
const operators = new Set([
  'createAccount',
  'suspendAccount',
  'resumeAccount',
  'changePlan',
  'grantCredit',
  'revokeGrant',
  'verifyAudit',
  'verifyLedger',
  'rebuildSums',
  'exportRecords',
  'closeMonth',
  'addAdjustment',
  'reprice',
  'listReprices',
  'reconcileUsage',
  'totalMargin',
  'handOverInvoices',
])

const ofAnAccount = everyOperation.map(({ name }) => name).filter((name) => !operators.has(name))

const looking = [
  'showAccount',
  'listAccounts',
  'listTeams',
  'showLabels',
  'listMembers',
  'showLimit',
  'listLimits',
  'listRefusals',
  'listAlerts',
  'totalUsage',
  'showOverview',
  'listCustomers',
]

/** What each role may do in its account, as docs/accounts.md has it. */
const may: Readonly<Record<AccountRole, readonly string[]>> = {
  viewer: [...looking, 'showKey', 'listKeys'],
  billing: [
    ...looking,
    'updateAccount',
    'draftInvoice',
    'showInvoice',
    'listInvoices',
    'listAdjustments',
    'listGrants',
    'createCheckout',
    'createPortal',
    'listPayments',
    'showBilling',
  ],
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

test.each(everyOperation)('$name refuses a field it does not know, and what is no object', async ({ run, input }) => {
  const { parts } = operationParts()
  const known = input(await fullAccount(parts, 'mine'))
  const stray = run(parts, operator, { ...known, colour: 'red' })
  await expect(stray).rejects.toMatchObject({ code: 'invalid_value', param: 'colour' })
  for (const none of [undefined, null, 'x', [known]])
    await expect(run(parts, operator, none)).rejects.toMatchObject({ code: 'invalid_value' })
})

const describing = everyOperation.filter(({ run }) => run.output !== undefined)

test('every operation says what it gives back, but the one that gives it out piece by piece', () => {
  const silent = everyOperation.filter((one) => !describing.includes(one))
  expect(silent.map(({ name }) => name)).toEqual(['exportRecords'])
})

test.each(describing)('$name gives back what it says it does', async ({ run, input }) => {
  const { parts } = operationParts()
  const given = await run(parts, operator, input(await fullAccount(parts, 'mine')))
  expect(run.output?.parse(given)).toEqual(given)
})

test.each(everyOperation)('the operator may $name', async ({ run, input }) => {
  const { parts } = operationParts()
  await run(parts, operator, input(await fullAccount(parts, 'mine')))
})

test.each([
  { kind: 'account', run: showAccount, code: 'not_found', list: 'accounts' },
  { kind: 'member', run: removeMember, code: 'not_found', list: 'members' },
  { kind: 'key', run: showKey, code: 'key_not_found', list: 'keys' },
  { kind: 'token', run: revokeToken, code: 'not_found', list: 'tokens' },
  { kind: 'limit', run: removeLimit, code: 'not_found', list: 'limits' },
])('a $kind that is not there is not found, and where to look is said', async ({ kind, run, code, list }) => {
  const { parts } = operationParts()
  const message = `There is no ${kind} "x". "speka ${list} list" shows the ${list} there are.`
  await expect(run(parts, operator, { id: 'x' })).rejects.toMatchObject({ code, message })
  for (const [length, shown] of [
    [100, 'x'.repeat(100)],
    [101, `${'x'.repeat(100)}…`],
  ] as const) {
    const said = await run(parts, operator, { id: 'x'.repeat(length) }).catch((error: Error) => error.message)
    expect(said).toContain(`"${shown}"`)
  }
})

test.each(['gateway.read', 'gateway.write', 'playground.use'] as const)(
  'the operator has the right %s, which no operation here asks for',
  (right) => {
    expect(mayDo(operator, right)).toBe(true)
    expect(() => demandRight(operator, right)).not.toThrow()
  },
)

test('nobody gives or takes a role that may do what he may not', async () => {
  const { parts } = operationParts()
  const { account } = await fullAccount(parts, 'mine')
  const owner = await inviteMember(parts, operator, { account, email: 'owner@example.com', role: 'owner' })
  const token = await createToken(parts, operator, { account, name: 'a', role: 'owner' })
  const viewer = await inviteMember(parts, operator, { account, email: 'viewer@example.com', role: 'viewer' })
  const admin = holder(account, 'admin')
  for (const refused of [
    inviteMember(parts, admin, { email: 'b@example.com', role: 'owner' }),
    changeRole(parts, admin, { id: owner.id, role: 'viewer' }),
    changeRole(parts, admin, { id: viewer.id, role: 'owner' }),
    removeMember(parts, admin, { id: owner.id }),
    createToken(parts, admin, { name: 'b', role: 'owner' }),
    createToken(parts, holder(account, 'owner'), { name: 'b', role: 'operator' }),
    revokeToken(parts, admin, { id: token.id }),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'permission_denied' })
  await createToken(parts, holder(account, 'owner'), { name: 'b', role: 'owner' })
  await inviteMember(parts, holder(account, 'owner'), { email: 'second@example.com', role: 'owner' })
  await removeMember(parts, holder(account, 'owner'), { id: owner.id })
})
