import { settled } from './support/settled.ts'
import { enterAsMember, pageTitle } from './support/sign-in.ts'
import { table } from './support/tables.ts'
import { inBrowser } from './support/world.ts'

const roles = ['owner', 'admin', 'billing', 'member', 'viewer'] as const
type Role = (typeof roles)[number]

const managers: readonly Role[] = ['owner', 'admin']

/** A page, who sees it, and what is there to be pressed by whom. */
interface PageRow {
  readonly path: string
  readonly title: string
  readonly seenBy: readonly Role[]
  readonly buttons?: Readonly<Record<string, readonly Role[]>>
}

/** What is the operator's alone is seen by nobody here. */
const pages: readonly PageRow[] = [
  { path: '/', title: 'Overview', seenBy: roles },
  { path: '/requests', title: 'Requests', seenBy: roles },
  { path: '/models', title: 'Models', seenBy: roles },
  {
    path: '/keys',
    title: 'Keys',
    seenBy: ['owner', 'admin', 'member', 'viewer'],
    buttons: {
      'Create key': ['owner', 'admin', 'member'],
      Edit: ['owner', 'admin', 'member'],
      Revoke: ['owner', 'admin', 'member'],
    },
  },
  { path: '/limits', title: 'Limits', seenBy: roles, buttons: { 'Set limit': managers, Edit: [], Remove: [] } },
  {
    path: '/members',
    title: 'Members',
    seenBy: roles,
    buttons: { Invite: managers, 'Change role': managers, Remove: managers },
  },
  { path: '/teams', title: 'Teams', seenBy: roles, buttons: { 'Create team': managers, Rename: managers } },
  { path: '/customers', title: 'Customers', seenBy: roles },
  {
    path: '/tokens',
    title: 'Tokens',
    seenBy: managers,
    buttons: { 'Create token': managers, Revoke: managers },
  },
  { path: '/audit', title: 'Audit', seenBy: managers },
  {
    path: '/billing',
    title: 'Billing',
    seenBy: ['owner', 'admin', 'billing'],
    buttons: { 'Payment method': ['owner', 'admin', 'billing'], 'Change plan': [] },
  },
  { path: '/accounts', title: 'Accounts', seenBy: [] },
  { path: '/providers', title: 'Providers', seenBy: [] },
  { path: '/system', title: 'System', seenBy: [] },
]

const withoutIds = (text: string): string => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')

inBrowser('a member of an account', (world) => {
  let account: string
  let foreign: { readonly account: string; readonly key: string; readonly request: string }

  beforeAll(async () => {
    const { management } = world()
    account = (await management.account('Acme')).id
    for (const role of roles)
      await management.call('POST', '/members', { account, email: `${role}@acme.example`, role })
    const key = await management.key('ours', { account })
    await management.call('POST', '/teams', { account, name: 'Research' })
    // What the operator has set is nobody else's to change.
    await management.call('POST', '/limits', { account, subject: { key: key.id }, usd: '5', window: 'month' })
    await management.call('POST', '/tokens', { account, name: 'reports', role: 'viewer' })
    const other = (await management.account('Somebody else')).id
    const theirs = await management.key('theirs', { account: other })
    const answer = await management.chat(theirs.key)
    await answer.arrayBuffer()
    foreign = { account: other, key: theirs.id, request: answer.headers.get('x-request-id') ?? '' }
  })

  test.each(roles)('who is %s sees and may do what that role may, and no more', async (role) => {
    const visitor = await world().visitor()
    await enterAsMember(world(), visitor, `${role}@acme.example`)
    const { page } = visitor
    const at = `${world().site}/console`
    await page.goto(at)
    await settled(page)
    const links = await page.getByRole('navigation').first().getByRole('link').allInnerTexts()
    const known = new Set(pages.map(({ title }) => title))
    expect(
      links
        .map((text) => text.trim())
        .filter((text) => known.has(text))
        .toSorted(),
    ).toEqual(pages.flatMap(({ title, seenBy }) => (seenBy.includes(role) ? [title] : [])).toSorted())
    for (const { path, title, seenBy, buttons = {} } of pages) {
      const isSeen = seenBy.includes(role)
      if (isSeen && Object.keys(buttons).length === 0) continue
      await page.goto(at + path)
      if (!isSeen) {
        await page.getByText(`Your role may not see ${title}`).waitFor()
        continue
      }
      await pageTitle(page, title).waitFor()
      await settled(page)
      const main = page.getByRole('main')
      for (const [button, pressedBy] of Object.entries(buttons)) {
        const there = await main.getByRole('button', { name: button, exact: true }).count()
        expect({ path, button, there: there > 0 }).toEqual({ path, button, there: pressedBy.includes(role) })
      }
    }
  })

  test('finds nothing of another account, whatever the address says', async () => {
    const visitor = await world().visitor()
    await enterAsMember(world(), visitor, 'owner@acme.example')
    const { page } = visitor
    const at = `${world().site}/console`
    await page.goto(`${at}/requests/${foreign.request}`)
    await page
      .getByRole('alert')
      .getByText(/There is no finished request/)
      .waitFor()
    const words = await page.getByRole('alert').innerText()
    // In the same words as for one that never was.
    const never = '01a20737-0ce0-754f-9d18-9de9e3f01df9'
    await page.goto(`${at}/requests/${never}`)
    await page
      .getByRole('alert')
      .getByText(/There is no finished request/)
      .waitFor()
    expect(withoutIds(await page.getByRole('alert').innerText())).toBe(withoutIds(words))

    await page.goto(`${at}/requests?key_id=${foreign.key}`)
    await page.getByText('No requests fit').waitFor()
    for (const [path, name] of [
      ['/keys', 'Keys'],
      ['/members', 'Members'],
      ['/limits', 'Limits'],
    ] as const) {
      await page.goto(`${at}${path}?account=${foreign.account}`)
      await table(page, name).waitFor()
      expect(await table(page, name).innerText()).not.toMatch(new RegExp(`theirs|${foreign.account}|${foreign.key}`))
    }
    await page.goto(`${at}/billing?account=${foreign.account}`)
    await settled(page)
    expect(await page.getByRole('main').innerText()).toContain('invoices of Acme')
  })

  test('is out when he is removed: the page that he looks at leads to where one signs in', async () => {
    const { management } = world()
    const leaver = await management.call<{ id: string }>('POST', '/members', {
      account,
      email: 'leaver@acme.example',
      role: 'admin',
    })
    const visitor = await world().visitor()
    await enterAsMember(world(), visitor, 'leaver@acme.example')
    const { page } = visitor
    await page.goto(`${world().site}/console/keys`)
    await settled(page)
    await management.call('DELETE', `/members/${leaver.id}`)
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    expect(await page.getByRole('main').innerText()).not.toContain('Create key')
  })
})
