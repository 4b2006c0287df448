import { Trust } from './trust.ts'

/** What is known at a moment, by a clock that a test moves. */
function trusting() {
  const clock = { now: 1000 }
  let answers = 0
  const trust = new Trust(() => clock.now)
  trust.onHeard = () => (answers += 1)
  return { clock, trust, answers: () => answers }
}

test('the store is trusted for two minutes from when the last message was sent that it has answered', () => {
  const { clock, trust, answers } = trusting()
  expect([trust.silentMs, trust.isRecent, trust.keepsLeases]).toEqual([0, true, true])
  clock.now = 5000
  const sentAt = trust.now()
  clock.now = 9000
  trust.heard(sentAt)
  expect([trust.silentMs, answers()]).toEqual([4000, 1])
  clock.now = 5000 + 119_999
  expect([trust.isRecent, trust.keepsLeases]).toEqual([true, true])
  clock.now = 5000 + 120_000
  expect([trust.isRecent, trust.keepsLeases]).toEqual([false, false])
})

test('an answer to an earlier message that comes late takes nothing back', () => {
  const { clock, trust } = trusting()
  clock.now = 5000
  trust.heard(4000)
  trust.heard(2000)
  expect(trust.silentMs).toBe(1000)
})

test('who was taken for ended keeps no lease until a lease call is answered, however often it is heard otherwise', () => {
  const { trust, answers } = trusting()
  trust.ended()
  trust.heard(trust.now())
  expect([trust.isRecent, trust.keepsLeases]).toEqual([true, false])
  trust.lent(trust.now())
  expect([trust.keepsLeases, answers()]).toEqual([true, 2])
})
