import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import { checkChain } from '../invoice-chain.ts'
import type { Invoices, InvoiceToIssue } from '../invoices.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresInvoices } from './invoices.ts'
import { statement } from './session.ts'

const REPLICAS = 10
const BATCHES = 20
const BATCH = 10

const batches: readonly (readonly InvoiceToIssue[])[] = Array.from({ length: BATCHES }, (_, batch) =>
  Array.from({ length: BATCH }, (__, one) => ({
    account: `acc_${batch}_${one}`,
    month: '2026-10',
    issuedAt: Date.UTC(2026, 10, 2),
    body: '{}',
  })),
)

describeWithPostgres('invoices of several replicas', () => {
  let opened: Replicas
  let replicas: readonly Invoices[]
  beforeEach(async () => {
    opened = await openReplicas(REPLICAS)
    replicas = opened.replicas.map((replica) => postgresInvoices(replica))
  })
  afterEach(() => opened.close())
  const listed = () => (replicas[0] as Invoices).list()

  test('that all issue at once are issued once each, numbered without a gap', async () => {
    await Promise.all(replicas.flatMap(({ issue }) => batches.map((batch) => issue(batch))))
    const issued = await listed()
    expect(issued).toHaveLength(BATCHES * BATCH)
    expect(checkChain(issued)).toEqual([])
  })

  test('are whole batches when connections break in the midst, and whoever goes on issues the rest', async () => {
    const issuing = Promise.allSettled(replicas.flatMap(({ issue }) => batches.map((batch) => issue(batch))))
    const others = statement(`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'INSERT INTO invoice%'`)
    await opened.replicas[0]?.database.run(others)
    await issuing
    const before = await listed()
    expect(before.length % BATCH).toBe(0)
    for (const batch of batches) await replicas[1]?.issue(batch)
    const issued = await listed()
    expect(issued.slice(0, before.length)).toEqual(before)
    expect(issued).toHaveLength(BATCHES * BATCH)
    expect(checkChain(issued)).toEqual([])
  })

  test('of more than go into one statement follow each other', async () => {
    const many = Array.from({ length: 1200 }, (_, n) => ({
      account: `acc_${n}`,
      month: '2026-11',
      issuedAt: n < 700 ? Date.UTC(2026, 11, 31) : Date.UTC(2027, 0, 1),
      body: '{"note":"Zoë\\n🐢"}',
    }))
    await replicas[0]?.issue(batches[0] ?? [])
    const issued = await replicas[0]?.issue(many)
    expect(issued?.at(-1)?.number).toBe('2027-000500')
    expect((await listed()).slice(BATCH)).toEqual(issued)
    expect(checkChain(await listed())).toEqual([])
  })

  test.each([`UPDATE invoice SET body = '{}'`, 'DELETE FROM invoice', 'TRUNCATE invoice'])('refuse %s', async (sql) => {
    await replicas[0]?.issue(batches[0] ?? [])
    await expect(opened.replicas[0]?.database.run(statement(sql))).rejects.toThrow('append-only')
  })
})
