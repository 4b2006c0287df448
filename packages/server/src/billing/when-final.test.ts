import type { LedgerOwner } from '../store/ledger-owner.ts'
import { finalFrom, whyOpen } from './when-final.ts'

const FINAL = Date.UTC(2026, 10, 2)
const owner = (id: number, changes: Partial<LedgerOwner> = {}): LedgerOwner => ({
  id,
  startedAt: Date.UTC(2026, 9, 5),
  pid: 70 + id,
  rows: 1,
  ended: undefined,
  isSilent: false,
  ...changes,
})

test('a month is open until 24 hours after its end, and says so', () => {
  expect(finalFrom('2026-10')).toBe(FINAL)
  expect(whyOpen('2026-10', FINAL - 1, [])).toContain('from 2026-11-02T00:00:00.000Z on')
  expect(whyOpen('2026-10', FINAL, [])).toBeUndefined()
  expect(whyOpen('2026-12', Date.UTC(2027, 0, 2) - 1, [])).toContain('2027-01-02T00:00:00.000Z')
})

test('it waits for owners that may have rows of it and are silent, by their names', () => {
  const owners = [
    owner(1),
    owner(2, { isSilent: true }),
    owner(3, { ended: { how: 'goodbye', at: 1 } }),
    owner(4, { isSilent: true, startedAt: Date.UTC(2026, 10, 1) }),
    owner(5, { isSilent: true, startedAt: Date.UTC(2026, 10, 1) - 1 }),
  ]
  const why = whyOpen('2026-10', FINAL, owners)
  expect(why).toContain('owner 2 (pid 72), owner 5 (pid 75)')
  expect(why).toContain('--without-owner 2,5')
  expect(whyOpen('2026-10', FINAL, owners, [2])).toContain('waits for owner 5 (pid 75),')
  expect(whyOpen('2026-10', FINAL, owners, [2, 5])).toBeUndefined()
})
