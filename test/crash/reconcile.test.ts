import { answerOf } from './counting-upstream.ts'
import type { LedgerRow } from './look-at-ledger.ts'
import { reconcile } from './reconcile.ts'

const said = new Set([1, 2, 3].map((input) => answerOf({ input, output: 7 })))
const seen = [1, 2].map((input) => ({ id: `r${input}`, input, output: 7 }))
const row = (n: number, changes: Partial<LedgerRow> = {}): LedgerRow => ({
  owner: 1,
  n,
  id: `r${n}`,
  key: 'k',
  charge: n * 1_000_000 + 14_000_000,
  outcome: 'complete',
  input: n,
  output: 7,
  ...changes,
})
const nothing = { lost: [], doubled: [], wrong: [], gaps: [], unseen: 0 }

test('three books that agree, but for an answer whose end was cut off', () => {
  expect(reconcile(seen, said, [row(1), row(2)])).toEqual(nothing)
  expect(reconcile(seen, said, [row(1), row(2), row(3)])).toEqual({ ...nothing, unseen: 1 })
  const cut = row(1, { owner: 2, id: 'cut', outcome: 'cancelled', input: null, output: null, charge: null })
  expect(reconcile(seen, said, [row(1), row(2), cut])).toEqual(nothing)
})

test.each<[string, LedgerRow[], keyof typeof nothing, string]>([
  ['an answer that the ledger lacks', [row(1)], 'lost', 'r2'],
  ['a request that it has twice', [row(1), row(2), row(3, { id: 'r2', input: 3 })], 'doubled', 'r2'],
  ['an answer that it has twice', [row(1), row(2), row(3, { input: 2 })], 'doubled', '2 + 7 tokens'],
  ['another charge', [row(1), row(2, { charge: 5 })], 'wrong', 'r2'],
  ['no charge', [row(1), row(2, { charge: null })], 'wrong', 'r2'],
  ['another end', [row(1), row(2, { outcome: 'cancelled' })], 'wrong', 'r2'],
  ['another count', [row(1), row(2, { output: 8 })], 'wrong', 'r2'],
  ['an answer that nobody gave', [row(1), row(2), row(3, { id: 'x', input: 9 })], 'wrong', 'x'],
  [
    'a number that is missing',
    [row(1), row(3, { id: 'r2', input: 2, charge: 16_000_000 })],
    'gaps',
    'owner 1: 3 after 1',
  ],
])('%s is found', (_, rows, kind, what) => {
  expect(reconcile(seen, said, rows)[kind]).toContainEqual(expect.stringContaining(what))
})
