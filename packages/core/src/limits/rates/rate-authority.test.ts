import type { RateKind } from '../limit.ts'
import { RateAuthority, type RateWant } from './rate-authority.ts'
import { RateCounts, type CountedEntry } from './rate-counts.ts'
import { BEYOND_MS } from './rate-kinds.ts'

/** An authority whose journal shows what it was told. */
function open() {
  const clock = { now: 1000 }
  const kept: (readonly ['written' | 'noted', CountedEntry])[] = []
  const counts = new RateCounts({ beyondMs: BEYOND_MS })
  const authority = new RateAuthority({
    counts,
    now: () => clock.now,
    journal: {
      write: (entry) => void kept.push(['written', entry]),
      note: (entry) => void kept.push(['noted', entry]),
    },
  })
  const ask = (owner: number, kind: RateKind, rate: number, wanted: number, place: string = kind) => {
    const [answer] = authority.answer(owner, [{ kind, place, rate, wanted, least: wanted }])
    if (answer === undefined) throw new Error('there is no answer')
    return answer
  }
  const left = (kind: RateKind, rate: number, place: string = kind) => ask(0, kind, rate, 0, place).remaining
  return { clock, counts, authority, kept, ask, left }
}

const tokens: RateWant = { kind: 'tpm', place: 'tpm', rate: 1000, wanted: 0, least: 0 }

describe('what an owner has under way', () => {
  test('is freed when it ends, as often as it ended', () => {
    const { authority, ask, left } = open()
    for (let count = 0; count < 3; count += 1) ask(1, 'max_parallel', 5, 1)
    ask(2, 'max_parallel', 5, 1)
    authority.hear(1, [{ said: 'ended', place: 'max_parallel', ended: 1 }])
    expect(left('max_parallel', 5)).toBe(2)
    authority.hear(1, [{ said: 'ended', place: 'max_parallel', ended: 1 }])
    expect(left('max_parallel', 5)).toBe(3)
  })

  test('is freed with the owner, and nothing of another', () => {
    const { authority, ask, left } = open()
    for (const owner of [1, 1, 1, 2]) ask(owner, 'max_parallel', 5, 1)
    authority.hear(1, [{ said: 'ended', place: 'max_parallel', ended: 1 }])
    authority.forget(1)
    expect(left('max_parallel', 5)).toBe(4)
    authority.forget(1)
    expect(left('max_parallel', 5)).toBe(4)
    ask(3, 'max_parallel', 5, 1)
    authority.hear(3, [{ said: 'ended', place: 'max_parallel', ended: 1 }])
    authority.forget(3)
    expect(left('max_parallel', 5)).toBe(4)
  })

  test('is no more than it has begun, whatever it says', () => {
    const { authority, ask, left } = open()
    for (const place of ['a', 'a', 'b']) ask(1, 'max_parallel', 5, 1, place)
    ask(2, 'max_parallel', 5, 1, 'b')
    authority.hear(2, [
      { said: 'ended', place: 'a', ended: 1 },
      { said: 'ended', place: 'b', ended: 9 },
    ])
    authority.hear(3, [{ said: 'ended', place: 'a', ended: 1 }])
    expect([left('max_parallel', 5, 'a'), left('max_parallel', 5, 'b')]).toEqual([3, 4])
  })
})

describe('a packet that comes back', () => {
  test('frees what was not used of it, once', () => {
    const { authority, kept, ask, left } = open()
    const { packet } = ask(1, 'tpm', 1000, 400)
    if (packet === undefined) throw new Error('there is none')
    for (let count = 0; count < 2; count += 1) authority.hear(1, [{ said: 'used', id: packet.id, used: 100 }])
    expect(left('tpm', 1000)).toBe(900)
    expect(kept).toEqual([
      ['written', { kind: 'tpm', place: 'tpm', at: 1245, amount: 400 }],
      ['noted', { kind: 'tpm', place: 'tpm', at: 1245, amount: -300 }],
    ])
  })

  test('of which all was used says nothing', () => {
    const { authority, kept, ask, left } = open()
    const { packet } = ask(1, 'rpm', 60, 2)
    authority.hear(1, [{ said: 'used', id: packet?.id ?? 0, used: 2 }])
    expect([left('rpm', 60), kept.length]).toEqual([58, 1])
  })
})

test('tokens are corrected both ways, and so are they written down', () => {
  const { clock, authority, kept, ask, left } = open()
  ask(1, 'tpm', 1000, 400)
  clock.now = 3000
  kept.length = 0
  authority.hear(1, [{ said: 'corrected', want: tokens, at: 1000, by: -150 }])
  expect(left('tpm', 1000)).toBe(750)
  authority.hear(1, [{ said: 'corrected', want: tokens, at: 1000, by: 50 }])
  expect(left('tpm', 1000)).toBe(700)
  expect(kept).toEqual([
    ['noted', { kind: 'tpm', place: 'tpm', at: 1245, amount: -150 }],
    ['noted', { kind: 'tpm', place: 'tpm', at: 3000, amount: 50 }],
  ])
  // What was used beyond the packet counts from when it was known of.
  clock.now = 62_300
  expect(left('tpm', 1000)).toBe(950)
})

test('who asks for what is not there is told in how many ms it is, or that it never is', () => {
  const { clock, ask } = open()
  ask(1, 'rpm', 1, 1)
  clock.now = 2000
  expect(ask(2, 'rpm', 1, 1)).toEqual({ fullMs: 59_250, remaining: 0, resetMs: 59_250 })
  expect(ask(2, 'tpm', 100, 101).fullMs).toBeNull()
  ask(1, 'max_parallel', 1, 1)
  expect(ask(2, 'max_parallel', 1, 1)).toEqual({ fullMs: 1000, remaining: 0, resetMs: 0 })
})

test('what nothing counts of any more is let go of', () => {
  const { clock, counts, ask } = open()
  for (let key = 0; key < 100; key += 1) {
    ask(1, 'rpm', 5, 1, `key ${key}`)
    clock.now += 70_000
  }
  expect(counts.size).toBeLessThan(10)
})
