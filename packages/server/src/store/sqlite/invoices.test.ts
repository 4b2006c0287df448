import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkChain } from '../invoice-chain.ts'
import type { InvoiceToIssue } from '../invoices.ts'
import { openSqliteStore } from './open-store.ts'

const BATCHES = 20
const BATCH = 10

describe('invoices in a sqlite file', () => {
  test('that two processes issue at once are issued once each, numbered without a gap', async () => {
    const path = await newFile()
    const ends = await Promise.all([issueAll(path, 'all'), issueAll(path, 'all')])
    expect(ends).toEqual([null, null])
    const store = await openSqliteStore({ path })
    const issued = await store.invoices.list()
    expect(issued).toHaveLength(BATCHES * BATCH)
    expect(checkChain(issued)).toEqual([])
    await store.close()
  })

  test('are whole batches after a kill in the midst, and whoever goes on issues the rest', async () => {
    const path = await newFile()
    expect(await issueAll(path, 'some')).toBe('SIGKILL')
    const store = await openSqliteStore({ path })
    const before = await store.invoices.list()
    expect(before.length).toBeGreaterThanOrEqual(BATCH)
    expect(before.length % BATCH).toBe(0)
    for (const batch of batches) await store.invoices.issue(batch)
    const issued = await store.invoices.list()
    expect(issued.slice(0, before.length)).toEqual(before)
    expect(issued).toHaveLength(BATCHES * BATCH)
    expect(checkChain(issued)).toEqual([])
    await store.close()
  })

  test.each([`UPDATE invoice SET body = '{}'`, 'DELETE FROM invoice'])('refuse %s', async (statement) => {
    const path = await newFile()
    const store = await openSqliteStore({ path })
    await store.invoices.issue(batches[0] ?? [])
    const db = new DatabaseSync(path)
    expect(() => db.exec(statement)).toThrow('an invoice that was issued is never')
    db.close()
    await store.close()
  })
})

const batches: readonly (readonly InvoiceToIssue[])[] = Array.from({ length: BATCHES }, (_, batch) =>
  Array.from({ length: BATCH }, (__, one) => ({
    account: `acc_${batch}_${one}`,
    month: '2026-10',
    issuedAt: Date.UTC(2026, 10, 2),
    body: '{}',
  })),
)

async function newFile(): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')
  await (await openSqliteStore({ path })).close()
  return path
}

/**
 * A process of its own that issues every batch.
 *
 * @param until `some`: it kills itself on hearing that the first is issued, while the others are under way.
 * @returns the signal by which it ended
 */
async function issueAll(path: string, until: 'all' | 'some'): Promise<string | null> {
  const script = `
    import { Worker } from 'node:worker_threads'
    const [, url, path, until, text] = process.argv
    const worker = new Worker(new URL(url), { workerData: { path, lockWaitMs: 10_000 }, execArgv: [] })
    const batches = JSON.parse(text)
    let answers = 0
    worker.on('message', ({ opened, failure }) => {
      if (failure) process.exit(9)
      if (opened) return batches.forEach((batch, ask) => worker.postMessage({ ask, about: 'issueInvoices', with: [batch] }))
      answers += 1
      if (until === 'some') process.kill(process.pid, 'SIGKILL')
      else if (answers === batches.length) worker.postMessage({ close: true })
    })`
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
  const worker = new URL('./thread/worker.ts', import.meta.url).href
  const child = spawn(process.execPath, [...flags, worker, path, until, JSON.stringify(batches)], { stdio: 'inherit' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code) throw new Error(`It ended with ${code}`)
  return signal
}
