import { parseUsd } from '@speka/core'
import type { Config } from './config/load-config.ts'
import { checkLimits, readBook } from './configured-book.ts'
import { CompiledLimits } from './limits/limit-book.ts'
import { accountRecord, put as putRecord } from './store/__fixtures__/records.ts'
import { openMemoryStore } from './store/memory/open-store.ts'
import type { Store } from './store/store.ts'

let store: Store
let book: CompiledLimits
beforeEach(() => {
  store = openMemoryStore()
  book = new CompiledLimits({ modelsOf: () => [] })
})

const pro = { monthlyPrice: parseUsd('99'), includedUsage: parseUsd('150'), overage: 'bill' }
const by = { at: 1, actor: 'test', action: 'account.plan' }
const config = (more: Partial<Config> = {}): Config =>
  ({ plans: new Map([['pro', pro]]), planOf: new Map(), limits: [], keys: [], ...more }) as unknown as Config
const table = { find: (name: string) => (name === 'known' ? ({} as never) : undefined) }

async function put(plan: string): Promise<void> {
  const before = await store.registry.get('account', 'default')
  if (before === undefined) throw new Error('it is there from the first')
  await store.registry.change([{ kind: 'account', before, after: { ...before.record, plan } }], by)
}

test('a configuration without a plan that an account is on is refused, and names the account', async () => {
  await put('gold')
  const says = 'plans.gold: is not there, and the account default is on it. Put the plan back'
  await expect(readBook(book, store, config())).rejects.toThrow(says)
  expect(() => checkLimits(book, config(), table)).toThrow(says)
  const moved = config({ planOf: new Map([['default', 'pro']]) })
  expect(() => checkLimits(book, moved, table)).not.toThrow()
})

test('an account is put on the plan that the configuration says, once, with an entry in the audit', async () => {
  const said = config({ planOf: new Map([['default', 'pro']]) })
  await Promise.all([readBook(book, store, said), readBook(book, store, said)])
  expect(await store.registry.get('account', 'default')).toMatchObject({ revision: 2, record: { plan: 'pro' } })
  expect(await store.audit.list()).toMatchObject([
    { actor: 'operator:configuration', action: 'account.plan' },
    { actor: 'operator:configuration', action: 'plan.change' },
  ])
})

test('what plans cost is kept when it has changed, and not when a configuration cannot be used', async () => {
  const versions = async () => (await store.registry.get('plan', 'pro'))?.record.versions
  await Promise.all([readBook(book, store, config()), readBook(book, store, config())])
  await readBook(book, store, config())
  expect(await versions()).toEqual([{ from: 0, monthlyUsd: '99', includedUsd: '150', overage: 'bill' }])
  const dearer = new Map([['pro', { ...pro, monthlyPrice: parseUsd('109') }]]) as unknown as Config['plans']
  const began = Date.now()
  await readBook(book, store, config({ plans: dearer }))
  expect(await versions()).toMatchObject([{ from: 0 }, { monthlyUsd: '109' }])
  expect((await versions())?.[1]?.from).toBeGreaterThanOrEqual(began)
  await put('gold')
  book = new CompiledLimits({ modelsOf: () => [] })
  await expect(readBook(book, store, config())).rejects.toThrow('plans.gold')
  expect(await versions()).toHaveLength(2)
})

test('an account that there is not is refused', async () => {
  const said = config({ planOf: new Map([['acc_none', 'pro']]) })
  await expect(readBook(book, store, said)).rejects.toThrow('accounts.acc_none: there is no such account')
})

test('an account that there is not is refused at a reload, and one made since the start is not', async () => {
  await readBook(book, store, config())
  const said = config({
    planOf: new Map([
      ['acc_late', 'pro'],
      ['default', 'pro'],
    ]),
  })
  const says = 'accounts.acc_late: there is no such account. "speka accounts list" shows the accounts there are'
  expect(() => checkLimits(book, said, table)).toThrow(says)
  book.take([await putRecord(store, 'account', accountRecord('acc_late'))])
  expect(() => checkLimits(book, said, table)).not.toThrow()
})

test('a model to fall back to that there is not is refused', () => {
  const limits: Config['limits'] = [
    { subject: { each: 'key' }, usd: '5', on_reached: 'fallback', fallback: ['known', 'mistyped'] },
  ]
  expect(() => checkLimits(book, config({ limits }), table)).toThrow(
    'limits[0].fallback[1]: no model is called "mistyped"',
  )
})
