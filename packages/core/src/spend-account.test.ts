import fc from 'fast-check'
import { picoUsd, zeroUsd } from './money.ts'
import { SpendAccount } from './spend-account.ts'

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
