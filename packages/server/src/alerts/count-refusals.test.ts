import type { Call } from '@speka/core'
import type { AppliedLimit } from '@speka/core/internal'
import { createFakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import type { Refused } from '../store/refusals.ts'
import { CountRefusals, WRITE_MS } from './count-refusals.ts'

const NOON = Date.UTC(2026, 10, 29, 12)

const call = (keyId: string, receivedAt = NOON + 1234) =>
  ({ subjects: { id: keyId, account: 'acct_A' }, receivedAt }) as unknown as Call

const by = (id: string) =>
  ({
    limit: { id, subject: { kind: 'key', id: 'key_A', account: 'acct_A' }, rule: { kind: 'rpm', amount: 1 } },
  }) as AppliedLimit

function counting() {
  const clock = createFakeClock()
  const written: (readonly Refused[])[] = []
  const store = { failing: false }
  const troubles: unknown[] = []
  const counts = new CountRefusals({
    refusals: {
      async count(refused) {
        if (store.failing) throw new Error('the disk is full')
        written.push(refused)
      },
    },
    clock,
    onTrouble: (error) => troubles.push(error),
  })
  return { clock, written, store, troubles, counts }
}

test('what is refused is written together, by key, limit and minute', async () => {
  const { clock, written, counts } = counting()
  counts.count(call('key_A'), by('lim_A'))
  counts.count(call('key_A', NOON + 59_999), by('lim_A'))
  counts.count(call('key_A', NOON + 60_000), by('lim_A'))
  counts.count(call('key_B'), by('lim_A'))
  counts.count(call('key_A'), by('lim_B'))
  expect(written).toEqual([])
  await clock.advance(WRITE_MS)
  const said = written.flat().map(({ keyId, limitId, minute, refused }) => [keyId, limitId, minute - NOON, refused])
  expect(said).toEqual([
    ['key_A', 'lim_A', 0, 2],
    ['key_A', 'lim_A', 60_000, 1],
    ['key_B', 'lim_A', 0, 1],
    ['key_A', 'lim_B', 0, 1],
  ])
  expect(written[0]?.[0]).toMatchObject({ account: 'acct_A', subject: 'key', kind: 'rpm', window: 'minute' })
})

test('where nothing is refused nothing is written', async () => {
  const { clock, written, counts } = counting()
  await clock.advance(3 * WRITE_MS)
  await counts.close()
  expect(written).toEqual([])
})

test('what cannot be written is told once, kept, and written with what comes later', async () => {
  const { clock, written, store, troubles, counts } = counting()
  store.failing = true
  counts.count(call('key_A'), by('lim_A'))
  await clock.advance(2 * WRITE_MS)
  expect(troubles).toHaveLength(1)
  store.failing = false
  counts.count(call('key_A'), by('lim_A'))
  await clock.advance(WRITE_MS)
  expect(written.flat()).toMatchObject([{ keyId: 'key_A', refused: 2 }])
})

test('the end writes what is left', async () => {
  const { written, counts } = counting()
  counts.count(call('key_A'), by('lim_A'))
  await counts.close()
  expect(written.flat()).toHaveLength(1)
})
