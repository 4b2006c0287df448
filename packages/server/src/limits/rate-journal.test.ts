import { jest } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalRates, RateCounts, type AppliedRate, type RateKind } from '@speka/core/internal'
import type { MachineClock } from './machine-clock.ts'
import { FileJournal } from './rate-journal.ts'

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'speka-rates-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const path = () => join(dataDir, 'rates.journal')
const written = () => statSync(path()).size

/** A machine whose time is set by hand. */
class Machine implements MachineClock {
  boot = 'first'
  ms = 1_000_000
  wallMs = Date.UTC(2026, 0, 1)

  now(): number {
    return this.ms
  }

  wall(): number {
    return this.wallMs
  }

  pass(ms: number): void {
    this.ms += ms
    this.wallMs += ms
  }

  startAgain(after: number): void {
    this.boot += ', and another'
    this.ms = 10_000
    this.wallMs += after
  }
}

const open: FileJournal[] = []
afterEach(() => open.splice(0).forEach((journal) => journal.close()))

/** One life of a gateway. It is never closed, as one that is killed. */
function live(clock: Machine) {
  const said: string[] = []
  const trouble = { lost: () => void said.push('lost'), found: () => void said.push('found') }
  const { journal, earlier } = FileJournal.open({ dataDir, clock, trouble, counts: () => counts })
  open.push(journal)
  const counts = new RateCounts({ fullUntil: earlier.fullUntil })
  for (const entry of earlier.entries) counts.restore(entry)
  const rates = new LocalRates({ counts, now: () => clock.now(), journal })
  const take = (...applied: AppliedRate[]) => {
    const taken = rates.take(applied, 10)
    return 'done' in taken ? taken : undefined
  }
  const left = (applied: AppliedRate) => rates.standing([applied])[0]?.remaining
  return { take, left, said, journal }
}

const rate = (kind: RateKind, amount: number, place = `${kind} of "a key"\n`): AppliedRate => ({
  limit: {
    id: place,
    subject: { kind: 'key', id: 'k', account: 'a' },
    rule: { kind, amount },
    onReached: 'stop',
    since: 0,
    revision: 1,
  },
  place,
  subjectId: 'k',
})

test('what was admitted before a kill counts after it, for as long as it would have', () => {
  const clock = new Machine()
  const all = [rate('rpm', 2), rate('rpd', 500), rate('tpm', 100)]
  const first = live(clock)
  first.take(...all)
  clock.pass(1000)
  first.take(...all)
  clock.pass(1000)
  const second = live(clock)
  expect(second.take(...all)).toBeUndefined()
  expect(all.map(second.left)).toEqual([0, 498, 80])
  clock.pass(58_000)
  const third = live(clock)
  expect(third.take(...all)).toBeDefined()
  expect(third.take(...all)).toBeUndefined()
  expect(all.map(third.left)).toEqual([0, 497, 70])
})

test('what was given back does not count after it either, once something else was written', () => {
  const clock = new Machine()
  const first = live(clock)
  first.take(rate('rpm', 5))?.giveBack()
  first.take(rate('rpm', 5))
  expect(live(clock).left(rate('rpm', 5))).toBe(4)
})

test('what was given back is written down once, whatever is written behind it', () => {
  const clock = new Machine()
  const first = live(clock)
  first.take(rate('rpm', 5))?.giveBack()
  for (let count = 0; count < 3; count += 1) first.take(rate('rpm', 5))
  expect(live(clock).left(rate('rpm', 5))).toBe(2)
})

test('what a process had written down for the next moment, and was given back, is there for what comes next', () => {
  const clock = new Machine()
  const many = rate('rpm', 1200)
  const first = live(clock)
  first.take(many)?.giveBack()
  const before = written()
  // As many as were written down together, the first of them for the second time.
  const together = 1200 - (live(clock).left(many) ?? 0)
  const again = live(clock)
  again.take(many)?.giveBack()
  const size = written()
  for (let count = 0; count < together; count += 1) expect(again.take(many)).toBeDefined()
  expect([before > 0, together > 1, written()]).toEqual([true, true, size])
})

test('a line that is torn, and what is no line, is left out', () => {
  const clock = new Machine()
  live(clock).take(rate('rpm', 5))
  appendFileSync(path(), 'nonsense\nrpm 1 "x"\nrpm 1000000 3 "rpm of')
  expect(live(clock).left(rate('rpm', 5))).toBe(4)
  expect(readFileSync(path(), 'utf8')).not.toContain('nonsense')
})

test.each(['', 'no journal\n', '{"boot":"first"}', 'speka rates 1 {"boot":"first"}\n'])(
  'a file that is no journal is begun anew: %j',
  (text) => {
    appendFileSync(path(), text)
    const clock = new Machine()
    const { take, said } = live(clock)
    expect([take(rate('rpm', 1)), said]).toEqual([expect.anything(), []])
    expect(live(clock).take(rate('rpm', 1))).toBeUndefined()
  },
)

test('after another start of the machine a minute is full until it has passed, over any number of kills', () => {
  const clock = new Machine()
  live(clock).take(rate('rpm', 5), rate('rpd', 500))
  clock.startAgain(30_000)
  const second = live(clock)
  expect([second.take(rate('rpm', 5)), second.left(rate('rpd', 500))]).toEqual([undefined, 499])
  clock.pass(20_000)
  expect(live(clock).take(rate('rpm', 5))).toBeUndefined()
  clock.pass(30_000)
  expect(live(clock).take(rate('rpm', 5))).toBeDefined()
})

test('a day is a day over a start of the machine, and one that is put back makes nothing older', () => {
  const clock = new Machine()
  live(clock).take(rate('rpd', 500, 'a'))
  clock.startAgain(3_600_000)
  expect(live(clock).left(rate('rpd', 500, 'a'))).toBe(499)
  clock.pass(86_400_000 - 3_600_000 - 120_000)
  expect(live(clock).left(rate('rpd', 500, 'a'))).toBe(499)
  clock.pass(240_000)
  expect(live(clock).left(rate('rpd', 500, 'a'))).toBe(500)
  live(clock).take(rate('rpd', 500, 'b'))
  clock.startAgain(-90_000_000)
  expect(live(clock).left(rate('rpd', 500, 'b'))).toBe(499)
})

test('of an earlier start of the machine nothing counts but what counts for a day', () => {
  const clock = new Machine()
  live(clock).take(rate('rpm', 5), rate('tpm', 100))
  clock.startAgain(1000)
  live(clock)
  // The minute that counts as full is over.
  clock.pass(60_000)
  const later = live(clock)
  expect([later.left(rate('rpm', 5)), later.left(rate('tpm', 100))]).toEqual([5, 100])
})

test('nobody but its owner may read it', () => {
  live(new Machine()).take(rate('rpm', 5))
  expect(statSync(path()).mode & 0o777).toBe(0o600)
})

test('one that grows is made anew while counting goes on, and says the same', async () => {
  const clock = new Machine()
  const first = live(clock)
  for (let key = 0; key < 300; key += 1) first.take(rate('rpm', 50, `key ${key}`))
  const before = statSync(path()).size
  first.journal.renew()
  clock.pass(1)
  // While it is copied.
  for (let key = 0; key < 300; key += 3) first.take(rate('rpm', 50, `key ${key}`))
  const killed = live(clock)
  first.journal.close()
  expect([killed.left(rate('rpm', 50, 'key 0')), killed.left(rate('rpm', 50, 'key 299'))]).toEqual([48, 49])
  killed.journal.renew()
  killed.take(rate('rpm', 50, 'key 0'))?.giveBack()
  await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(() => setImmediate(resolve)))))
  clock.pass(1)
  killed.take(rate('rpm', 50, 'key 1'))
  const last = live(clock)
  expect([0, 1, 299].map((key) => last.left(rate('rpm', 50, `key ${key}`)))).toEqual([48, 48, 49])
  expect(statSync(path()).size).toBeLessThan(2 * before)
})

test('one that has grown large is made anew on its own, once', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] })
  try {
    const { take, journal } = live(new Machine())
    const renews = jest.spyOn(journal, 'renew')
    const place = 'k'.repeat(20_000)
    for (let key = 0; key < 209; key += 1) take(rate('rpm', 50, `${place}${key}`))
    jest.advanceTimersByTime(10_000)
    expect(renews).not.toHaveBeenCalled()
    take(rate('rpm', 50, `${place}209`))
    jest.advanceTimersByTime(10_000)
    // It is being made anew, and then is as large as it has to be.
    jest.advanceTimersByTime(10_000)
    while (existsSync(`${path()}.new`)) await new Promise((resolve) => setImmediate(resolve))
    jest.advanceTimersByTime(10_000)
    expect(renews).toHaveBeenCalledTimes(1)
  } finally {
    jest.useRealTimers()
  }
})

test('what comes while one is made anew counts once after it', async () => {
  const clock = new Machine()
  const first = live(clock)
  for (let key = 0; key < 300; key += 1) first.take(rate('rpm', 50, `key ${key}`))
  clock.pass(1)
  first.journal.renew()
  // Is copied later on.
  first.take(rate('rpm', 50, 'key 299'))
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  expect(live(clock).left(rate('rpm', 50, 'key 299'))).toBe(48)
})

test('tokens and requests that were written down and not used do not count after a kill', () => {
  const clock = new Machine()
  const first = live(clock)
  first.take(rate('tpm', 100))?.done(4)
  first.take(rate('tpm', 100))
  expect(live(clock).left(rate('tpm', 100))).toBe(86)
  const second = live(clock)
  second.take(rate('rpm', 1200))
  clock.pass(300)
  second.take(rate('rpm', 1200))
  // Five are written down together, of which one was used before.
  expect(live(clock).left(rate('rpm', 1200))).toBe(1194)
})

test('what is given back once one was made anew is written down as before', async () => {
  const clock = new Machine()
  const first = live(clock)
  first.take(rate('rpm', 5, 'a'))
  first.journal.renew()
  await new Promise((resolve) => setImmediate(resolve))
  first.take(rate('rpm', 5, 'b'))?.giveBack()
  first.take(rate('rpm', 5, 'c'))
  expect(live(clock).left(rate('rpm', 5, 'b'))).toBe(5)
})

test('a journal that cannot be written is told of once, and requests go on', () => {
  mkdirSync(`${path()}.start`)
  const clock = new Machine()
  const { take, said } = live(clock)
  expect([take(rate('rpm', 2)), take(rate('rpm', 2)), take(rate('rpm', 2))]).toEqual([
    expect.anything(),
    expect.anything(),
    undefined,
  ])
  expect(said).toEqual(['lost'])
  clock.pass(2000)
  take(rate('rpm', 5))
  expect(said).toEqual(['lost', 'found'])
  rmSync(`${path()}.start`, { recursive: true })
  expect(live(clock).left(rate('rpm', 5))).toBe(2)
})

test('one that cannot be made anew is told of', () => {
  const { journal, said } = live(new Machine())
  mkdirSync(`${path()}.new`)
  journal.renew()
  expect(said).toEqual(['lost'])
})

test('one that was closed is written no more, though it could not be written before', () => {
  mkdirSync(`${path()}.start`)
  const clock = new Machine()
  const { journal, take } = live(clock)
  journal.close()
  clock.pass(2000)
  take(rate('rpm', 5))
  expect(existsSync(path())).toBe(false)
})

/** What somebody reads who goes away in the end: then nothing more can be written. */
function breaksLater(at: string): () => void {
  execFileSync('mkfifo', [at])
  const reader = openSync(at, constants.O_RDONLY | constants.O_NONBLOCK)
  return () => closeSync(reader)
}

test('one that can be written no longer is told of, and begun anew with all that counts', () => {
  const goes = breaksLater(`${path()}.start`)
  const clock = new Machine()
  const { take, said } = live(clock)
  take(rate('rpm', 5))
  expect(said).toEqual([])
  goes()
  expect([take(rate('rpm', 5)), take(rate('rpm', 5)), said]).toEqual([expect.anything(), expect.anything(), ['lost']])
  clock.pass(1000)
  take(rate('rpm', 5))
  expect(said).toEqual(['lost', 'found'])
  expect(live(clock).left(rate('rpm', 5))).toBe(1)
})

test('one that breaks off while it is made anew is told of, and begun anew', async () => {
  const clock = new Machine()
  const { take, said, journal } = live(clock)
  for (let key = 0; key < 150; key += 1) take(rate('rpm', 5, `key ${key}`))
  const goes = breaksLater(`${path()}.new`)
  clock.pass(1)
  journal.renew()
  goes()
  await new Promise((resolve) => setImmediate(resolve))
  expect(said).toEqual(['lost'])
  rmSync(`${path()}.new`)
  clock.pass(1000)
  take(rate('rpm', 5, 'key 149'))
  while (said.length === 1) await new Promise((resolve) => setImmediate(resolve))
  expect(said).toEqual(['lost', 'found'])
  expect(live(clock).left(rate('rpm', 5, 'key 149'))).toBe(3)
})

const FULL_DISK = '/dev/full'

;(existsSync(FULL_DISK) ? test : test.skip)(
  'one that finds no room to be made anew in is told of, and leaves no file open',
  () => {
    const { journal, said } = live(new Machine())
    symlinkSync(FULL_DISK, `${path()}.new`)
    journal.renew()
    expect(said).toEqual(['lost'])
    const open = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        // The one by which they were listed.
        return ''
      }
    })
    expect(open.filter((file) => file.startsWith(dataDir) || file === FULL_DISK)).toEqual([])
  },
)
