import {
  describeWithPostgres,
  newDatabase,
  type NewDatabase,
} from '../../../../../../test/support/services/new-database.ts'
import { usageRecord } from '../../__fixtures__/usage-record.ts'
import type { BudgetWindow } from '../../leases/spent-parts.ts'
import type { Store } from '../../store.ts'
import { readPostgresUrl } from '../address.ts'
import { openDatabase, type Database } from '../database.ts'
import { loadDriver } from '../load-driver.ts'
import { openPostgresStore } from '../open-store.ts'
import { statement } from '../session.ts'
import { knownTexts } from './known-texts.ts'
import { knownLabels } from './readers.ts'
import { RememberedDays } from './remembered-days.ts'
import { readSpent } from './read-spent.ts'

const DAY_MS = 86_400_000
const DAY = Date.UTC(2026, 2, 14)

const window = (changes: Partial<BudgetWindow>): BudgetWindow => ({
  id: 'b',
  kind: 'account',
  subjectId: 'acct_A',
  account: 'acct_A',
  from: DAY,
  until: DAY + DAY_MS,
  ofModels: true,
  ...changes,
})

/** Each charges a power of two, so that a sum says which they are. */
const records = [
  { keyId: 'key_A', model: 'm', labels: 1, customer: 'one' },
  { keyId: 'key_B', model: 'm', labels: 2, customer: 'two' },
  { keyId: 'key_B', model: 'n', customer: 'one', createdAt: DAY + DAY_MS - 1 },
  { keyId: 'key_B', model: 'n', createdAt: DAY - 1 },
  { keyId: 'key_B', model: 'n', createdAt: DAY + DAY_MS },
  { keyId: 'key_A', model: 'm', account: 'acct_B', labels: 1, customer: 'one' },
  { keyId: 'key_A', model: 'm', budgets: [1] },
].map((changes, index) => usageRecord({ account: 'acct_A', charge: 1n << BigInt(index), ...changes }))

const cases: { of: string; changes: Partial<BudgetWindow>; charged: bigint }[] = [
  { of: 'an account', changes: {}, charged: 0b1000111n },
  { of: 'a key', changes: { kind: 'key', subjectId: 'key_A' }, charged: 0b1000001n },
  { of: 'a team', changes: { kind: 'team', subjectId: 'web' }, charged: 0b0000001n },
  { of: 'a tag', changes: { kind: 'tag', subjectId: 'blue' }, charged: 0b0000011n },
  { of: 'a customer', changes: { kind: 'customer', subjectId: 'one' }, charged: 0b0000101n },
  {
    of: 'a customer, whatever the model',
    changes: { kind: 'customer', subjectId: 'one', ofModels: false },
    charged: 5n,
  },
  { of: 'live keys', changes: { liveKeysOnly: { testKeys: ['key_B'] } }, charged: 0b1000001n },
]

describeWithPostgres('what was spent in a window', () => {
  let made: NewDatabase
  let database: Database
  let store: Store
  beforeEach(async () => {
    made = await newDatabase()
    const address = readPostgresUrl(made.url)
    database = openDatabase({ driver: await loadDriver(), address })
    store = await openPostgresStore({ address })
    await database.run(
      statement(
        `INSERT INTO label_set (labels) VALUES ('{"team":"web","tags":["blue"]}'), ('{"tags":["red","blue"]}')`,
      ),
    )
    for (const record of records) await store.ledger.settle(record)
  })
  afterEach(async () => {
    await store.close()
    await database.close()
    await made.drop()
  })

  async function allOf(changes: Partial<BudgetWindow>): Promise<bigint> {
    const readers = {
      session: database,
      texts: knownTexts(database),
      labels: knownLabels(),
      days: new RememberedDays(),
    }
    const [parts] = await readSpent(readers, [window(changes)])
    return (parts?.window?.all ?? []).reduce((sum, [, charge]) => sum + charge, 0n)
  }

  test.each(cases)('is the same of $of, whether rows are in the sums or not yet', async ({ changes, charged }) => {
    const behind = await store.ledger.folding()
    expect(behind).toEqual({ folded: 0, total: records.length })
    expect(await allOf(changes)).toBe(charged)
    await store.ledger.totals({ by: 'key' })
    expect(await allOf(changes)).toBe(charged)
    // One more behind the sums, which counts in each of them.
    await store.ledger.settle(usageRecord({ ...records[0]!, id: 'another', charge: 1024n, labels: 1 }))
    expect(await allOf(changes)).toBe(charged + 1024n)
  })

  test.each(cases)('is without what came late, of $of, in the sums or not yet', async ({ changes, charged }) => {
    // One of an account's, one of another's, and the last of all, which names a budget.
    const late = records.filter((_, index) => [0, 5, 6].includes(index))
    await database.transact((session) =>
      session.script(`
        ALTER TABLE usage_record DISABLE TRIGGER USER; ALTER TABLE usage_record_other DISABLE TRIGGER USER;
        UPDATE usage_record SET is_late = true WHERE id IN (${late.map(({ id }) => `'${id}'`).join(', ')})`),
    )
    const inTime = charged & ~0b1100001n
    expect(await allOf(changes)).toBe(inTime)
    await store.ledger.totals({ by: 'key' })
    expect(await allOf(changes)).toBe(inTime)
    await store.ledger.settle(usageRecord({ ...records[0]!, id: 'another', charge: 1024n, labels: 1 }))
    expect(await allOf(changes)).toBe(inTime + 1024n)
  })
})
