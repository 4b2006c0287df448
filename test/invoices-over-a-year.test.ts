import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runYear } from './billing/run-year.ts'

test('every invoice of three months of changes equals the oracle, and closings that are killed leave no gap', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'speka-year-'))
  const options = { folder, seed: 11, accounts: 12, requests: 900, months: 3, kills: 1, tell: () => {} }
  try {
    const { complaints, invoices } = await runYear(options)
    expect(complaints).toEqual([])
    expect(invoices).toBeGreaterThan(25)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
