import { followUp } from './follow-up.ts'

/** A clock on which one thing at a time is due. */
function handClock() {
  const due: (() => void)[] = []
  return {
    due,
    after(_ms: number, run: () => void) {
      due.push(run)
      return () => due.splice(due.indexOf(run), 1)
    },
  }
}

test('what lies there is folded at once, and however much is settled, once after a pause', () => {
  const clock = handClock()
  let folded = 0
  const following = followUp(() => (folded += 1), clock)
  expect(folded).toBe(1)
  for (let commit = 0; commit < 100; commit += 1) following.isBehind = true
  expect([folded, clock.due.length]).toEqual([1, 1])
  clock.due.shift()?.()
  expect(folded).toBe(2)
})

test('while nothing is settled nothing is folded', () => {
  const clock = handClock()
  let folded = 0
  const following = followUp(() => (folded += 1), clock)
  clock.due.shift()?.()
  expect([folded, clock.due.length]).toEqual([1, 1])
  following.isBehind = true
  clock.due.shift()?.()
  expect(folded).toBe(2)
})

test('nothing is folded once it is closed', () => {
  const clock = handClock()
  const following = followUp(() => {}, clock)
  following.isBehind = true
  following.close()
  expect(clock.due).toEqual([])
})
