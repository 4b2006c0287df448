import type { CountedEntry } from '@speka/core/internal'
import { entryLine, headLine, readJournal } from './rate-lines.ts'

const head = { boot: 'b', at: 1000, wall: 2000, fullUntil: 3000 }
const entry = (at: number, changes: Partial<CountedEntry> = {}): CountedEntry => ({
  kind: 'rpm',
  place: 'key "a"\n',
  at,
  amount: 2,
  ...changes,
})

test('what was written is read, in its order', () => {
  const entries = [entry(5.25), entry(-1e-7, { kind: 'rpd', place: '' }), entry(7, { kind: 'tpm', amount: -30 })]
  const text = headLine(head) + entries.map((one) => entryLine(one)).join('')
  for (const withCopies of [true, false]) expect(readJournal(text, withCopies)).toEqual({ head, entries })
})

test('what only repeats an older journal counts once that one is gone', () => {
  const text = headLine(head) + entryLine(entry(1), true) + entryLine(entry(2))
  expect(readJournal(text, false)?.entries).toEqual([entry(2)])
  expect(readJournal(text, true)?.entries).toEqual([entry(1), entry(2)])
})

test.each([
  ['torn at the end', entryLine(entry(2)).slice(0, -1)],
  ['of a kind that is no rate', 'toString 2 1 "a"\n'],
  ['without a place', 'rpm 2 1\n'],
])('a line %s is left out', (_, line) => {
  expect(readJournal(headLine(head) + entryLine(entry(1)) + line, true)?.entries).toEqual([entry(1)])
})

test.each([
  ['nothing', ''],
  ['another file', 'speka prices 1 {}\n'],
  ['a head that says no moment', 'speka rates 1 {"boot":"b","wall":1}\n'],
  ['a head that is torn', headLine(head).slice(0, 20)],
])('%s is no journal', (_, text) => {
  expect(readJournal(text, true)).toBeUndefined()
})

test('a head from before anything counted as full says so of nothing', () => {
  expect(readJournal('speka rates 1 {"boot":"b","at":1,"wall":2}\n', true)?.head).toEqual({
    boot: 'b',
    at: 1,
    wall: 2,
    fullUntil: 0,
  })
})
