import fc from 'fast-check'
import { picoUsd, zeroUsd, type PicoUsd } from './money.ts'
import { createFakeClock } from './sandbox/clock.fake.ts'
import { SpendAccount, type Choose, type SetAside } from './spend-account.ts'

const CAP = picoUsd(100n)

test('what is set aside is not there for another call, and what was not needed comes back', () => {
  const account = new SpendAccount()
  const call = account.setAside(picoUsd(60n))
  expect([account.spent, account.held, account.leftOf(CAP)]).toEqual([0n, 60n, 40n])
  call.settle(picoUsd(10n))
  expect([account.spent, account.held, account.leftOf(CAP)]).toEqual([10n, 0n, 90n])
})

test('a call whose cost nobody knows has spent all that was set aside for it', () => {
  const account = new SpendAccount()
  account.setAside(picoUsd(60n)).settle(undefined)
  expect(account.spent).toBe(60n)
})

test('a call that was not made gives everything back', () => {
  const account = new SpendAccount()
  account.setAside(picoUsd(60n)).release()
  expect([account.spent, account.held]).toEqual([0n, 0n])
})

test('a call ends once', () => {
  const account = new SpendAccount()
  const call = account.setAside(picoUsd(60n))
  call.settle(picoUsd(10n))
  call.settle(picoUsd(20n))
  call.release()
  expect([account.spent, account.held]).toEqual([10n, 0n])
})

test('what nothing was set aside for counts too, and more than the cap leaves less than nothing', () => {
  const account = new SpendAccount()
  account.spend(picoUsd(120n))
  expect(account.leftOf(CAP)).toBe(-20n)
})

test('calls that take no more than what is left never spend more than the cap, whatever runs at once', () => {
  const call = fc.record({
    wants: fc.bigInt(1n, 60n),
    costs: fc.double({ min: 0, max: 1, noNaN: true }),
    ends: fc.nat(5),
  })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
      const account = new SpendAccount()
      const underWay: (() => void)[] = []
      for (const { wants, costs, ends } of calls) {
        const left = account.leftOf(CAP)
        const amount = picoUsd(wants < left ? wants : left)
        const aside = account.setAside(amount)
        underWay.push(() => aside.settle(picoUsd(BigInt(Math.floor(Number(amount) * costs)))))
        for (const end of underWay.splice(0, ends)) end()
      }
      for (const end of underWay) end()
      expect(account.spent <= CAP).toBe(true)
      expect(account.held).toBe(zeroUsd)
    }),
  )
})

const wants =
  (amount: bigint): Choose =>
  (left) =>
    amount <= left ? picoUsd(amount) : undefined

/** What became of a call that takes its turn. */
interface Turn {
  readonly aside: SetAside | undefined
  readonly told: 'waits' | 'goes' | 'refused' | 'left'
}

/** Notes what becomes of it, as soon as that is known. */
function turn(account: SpendAccount, choose: Choose, signal?: AbortSignal): { now: Turn } {
  const noted: { now: Turn } = { now: { aside: undefined, told: 'waits' } }
  const note = (aside: SetAside | undefined): void => {
    noted.now = { aside, told: aside === undefined ? 'refused' : 'goes' }
  }
  const taken = account.take(CAP, choose, signal)
  if (taken instanceof Promise) taken.then(note, () => (noted.now = { aside: undefined, told: 'left' }))
  else note(taken)
  return noted
}

const settled = async (): Promise<void> => {
  for (let step = 0; step < 10; step += 1) await undefined
}

describe('taking turns', () => {
  test('a call that fits goes at once, and one that does not goes when others have given back enough', async () => {
    const account = new SpendAccount()
    const first = turn(account, wants(60n))
    const second = turn(account, wants(60n))
    await settled()
    expect([first.now.told, second.now.told]).toEqual(['goes', 'waits'])
    first.now.aside?.settle(picoUsd(30n))
    await settled()
    expect(second.now.told).toBe('goes')
  })

  test('a call is refused once nobody is under way who could give back', async () => {
    const account = new SpendAccount()
    expect(turn(account, wants(101n)).now.told).toBe('refused')
    const first = turn(account, wants(60n))
    const second = turn(account, wants(60n))
    first.now.aside?.settle(picoUsd(50n))
    await settled()
    expect(second.now.told).toBe('refused')
  })

  test('nobody is overtaken, however small a call is', async () => {
    const account = new SpendAccount()
    const first = turn(account, wants(60n))
    const large = turn(account, wants(90n))
    const small = turn(account, wants(1n))
    await settled()
    expect([large.now.told, small.now.told]).toEqual(['waits', 'waits'])
    first.now.aside?.release()
    await settled()
    expect([large.now.told, small.now.told]).toEqual(['goes', 'goes'])
  })

  test('who leaves waits no longer, and keeps nobody waiting', async () => {
    const account = new SpendAccount()
    turn(account, wants(60n))
    const leaves = new AbortController()
    const large = turn(account, wants(90n), leaves.signal)
    const small = turn(account, wants(10n))
    leaves.abort()
    await settled()
    expect([large.now.told, small.now.told]).toEqual(['left', 'goes'])
    expect(turn(account, wants(90n), leaves.signal).now.told).toBe('waits')
    await settled()
    expect(account.held).toBe(70n)
  })

  test('an answer that nobody reads is not waited for: its reader may be the one who waits', async () => {
    const clock = createFakeClock()
    const account = new SpendAccount(clock)
    const read = turn(account, wants(60n))
    read.now.aside?.pause()
    const inner = turn(account, wants(60n))
    await clock.advance(999)
    expect(inner.now.told).toBe('waits')
    await clock.advance(1)
    expect(inner.now.told).toBe('refused')
    expect(clock.pending()).toBe(0)
  })

  test('a reader who comes back in time is waited for, and so is a call that goes on beside', async () => {
    const clock = createFakeClock()
    const account = new SpendAccount(clock)
    const read = turn(account, wants(60n))
    const other = turn(account, wants(10n))
    const waits = turn(account, wants(60n))
    read.now.aside?.pause()
    await clock.advance(60_000)
    other.now.aside?.settle(picoUsd(5n))
    await clock.advance(900)
    read.now.aside?.resume()
    await clock.advance(60_000)
    read.now.aside?.pause()
    await clock.advance(900)
    expect(waits.now.told).toBe('waits')
    read.now.aside?.settle(picoUsd(5n))
    await clock.advance(0)
    expect([waits.now.told, clock.pending()]).toEqual(['goes', 0])
  })

  test('all are answered in the end, nothing is spent beyond the cap, and who is refused could not be paid', async () => {
    const call = fc.record({
      most: fc.bigInt(1n, 120n),
      part: fc.integer({ min: 0, max: 100 }),
      ends: fc.nat(3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 50 }), async (calls) => {
        const account = new SpendAccount()
        const underWay: (() => void)[] = []
        const told: string[] = []
        const go = (aside: SetAside | undefined, most: bigint, part: number): void => {
          told.push(aside === undefined ? 'refused' : 'goes')
          if (aside === undefined) expect(most).toBeGreaterThan(account.leftOf(CAP))
          else underWay.push(() => aside.settle(picoUsd((aside.amount * BigInt(part)) / 100n)))
        }
        for (const { most, part, ends } of calls) {
          const taken: SetAside | undefined | Promise<SetAside | undefined> = account.take(CAP, wants(most))
          if (taken instanceof Promise) void taken.then((aside) => go(aside, most, part))
          else go(taken, most, part)
          for (const end of underWay.splice(0, ends)) end()
          await settled()
        }
        while (underWay.length > 0) {
          for (const end of underWay.splice(0)) end()
          await settled()
        }
        expect(told).toHaveLength(calls.length)
        expect(account.spent <= CAP).toBe(true)
        expect(account.held).toBe(zeroUsd satisfies PicoUsd)
      }),
    )
  })
})
