import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppliedRate } from '@speka/core/internal'
import { createLog } from '../telemetry/log.ts'
import { openRates } from './open-rates.ts'
import { claimJournal } from './own-journal.ts'

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'speka-rates-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('the journal of a data folder is one process’s, until that ends', () => {
  const release = claimJournal(dataDir)
  expect(release).toBeDefined()
  expect(claimJournal(dataDir)).toBeUndefined()
  release?.()
  const again = claimJournal(dataDir)
  expect(again).toBeDefined()
  again?.()
  expect(statSync(join(dataDir, 'rates.lock')).mode & 0o777).toBe(0o600)
})

const applied: AppliedRate = {
  limit: {
    id: 'lim_1',
    subject: { kind: 'key', id: 'k', account: 'a' },
    rule: { kind: 'rpm', amount: 5 },
    onReached: 'stop',
    since: 0,
    revision: 1,
  },
  place: 'lim_1',
  subjectId: 'k',
}

test('of two gateways on a data folder the second says that it shares no rates, and the first loses nothing', () => {
  const log = createLog('silent')
  const said: unknown[] = []
  log.pino.warn = (what: unknown) => void said.push(what)
  const first = openRates(dataDir, log)
  first.rates.take([applied], 0)
  expect(said).toEqual([])
  const second = openRates(dataDir, log)
  expect(said).toEqual([expect.stringContaining('rates are not shared')])
  second.rates.take([applied], 0)
  second.rates.take([applied], 0)
  first.rates.take([applied], 0)
  second.close()
  first.close()
  const third = openRates(dataDir, log)
  expect(third.rates.known([applied])[0]?.remaining).toBe(3)
  third.close()
})
