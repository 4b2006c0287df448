import type { Clock } from '@speka/core/node'
import { unreachedLine, type RecallAnswer } from '@speka/core/internal'
import { createFakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { MemoryNotices } from '../notices/__fixtures__/memory-notices.ts'
import { openNoticeBoard } from '../notices/open-notice-board.ts'
import { openRecallLine, SupervisedLine } from './recall-line.ts'
import { isRecallMessage, type RecallMessage, type RecallPeer } from './recall-messages.ts'
import { RecallRelay } from './recall-relay.ts'

const never: Pick<Clock, 'after'> = { after: () => () => {} }

/** A worker, and what its supervisor sees of it. What they say passes as JSON. */
class Worker {
  readonly line: SupervisedLine
  readonly seen: RecallPeer
  /** Messages to it fail. */
  isGone = false
  #toSupervisor: (message: RecallMessage) => void = () => {}
  #toWorker: (message: RecallMessage) => void = () => {}

  constructor(clock: Pick<Clock, 'after'> = never) {
    this.seen = {
      send: (message, failed) => (this.isGone ? failed() : pass(message, (copy) => this.#toWorker(copy))),
      hear: (listener) => (this.#toSupervisor = listener),
    }
    const supervisor: RecallPeer = {
      send: (message) => pass(message, (copy) => this.#toSupervisor(copy)),
      hear: (listener) => (this.#toWorker = listener),
    }
    this.line = new SupervisedLine(supervisor, clock)
  }
}

function pass(message: RecallMessage, arrive: (message: RecallMessage) => void): void {
  const copy: unknown = JSON.parse(JSON.stringify(message))
  if (isRecallMessage(copy)) queueMicrotask(() => arrive(copy))
}

const nothing: RecallAnswer = { said: 'nothing idle', grants: 3 }

/** Two workers of one supervisor; the second settles as owner 2. */
async function twoWorkers(clock?: Pick<Clock, 'after'>): Promise<{ relay: RecallRelay; one: Worker; other: Worker }> {
  const relay = new RecallRelay()
  const [one, other] = [new Worker(clock), new Worker()]
  relay.join(one.seen)
  relay.join(other.seen)
  one.line.known(1)
  other.line.known(2)
  await undefined
  return { relay, one, other }
}

test('a recall reaches the worker that settles under that id, and its answer comes back', async () => {
  const { one, other } = await twoWorkers()
  const asked: string[] = []
  other.line.serve(async (budgetId) => {
    asked.push(budgetId)
    return nothing
  })
  expect(await one.line.recall(2, 'key@0')).toEqual(nothing)
  expect(asked).toEqual(['key@0'])
})

test('answers find those who asked, in any order', async () => {
  const { one, other } = await twoWorkers()
  const open = new Map<string, (answer: RecallAnswer) => void>()
  other.line.serve((budgetId) => new Promise((resolve) => open.set(budgetId, resolve)))
  const [first, second] = [one.line.recall(2, 'first'), one.line.recall(2, 'second')]
  for (let turn = 0; turn < 10; turn += 1) await undefined
  open.get('second')?.({ said: 'returned', grants: 2 })
  open.get('first')?.({ said: 'returned', grants: 1 })
  expect([await first, await second]).toMatchObject([{ grants: 1 }, { grants: 2 }])
})

test('a worker that has become another owner is reached under its new id', async () => {
  const { one, other } = await twoWorkers()
  other.line.serve(async () => nothing)
  other.line.known(5)
  await undefined
  expect(await one.line.recall(5, 'key')).toEqual(nothing)
})

test.each([
  ['whom nobody knows', () => {}],
  ['that is gone already', ({ relay, other }: Awaited<ReturnType<typeof twoWorkers>>) => relay.leave(other.seen)],
  ['that takes no message', ({ other }: Awaited<ReturnType<typeof twoWorkers>>) => (other.isGone = true)],
])('an owner %s is unreachable at once', async (how, happens) => {
  const workers = await twoWorkers()
  workers.other.line.serve(async () => nothing)
  happens(workers)
  expect(await workers.one.line.recall(how === 'whom nobody knows' ? 9 : 2, 'key')).toBeUndefined()
})

test('that one worker goes makes no other unreachable, nor what it was asked unanswered', async () => {
  const { relay, one, other } = await twoWorkers()
  const open = Promise.withResolvers<RecallAnswer>()
  const asked = Promise.withResolvers<void>()
  other.line.serve(() => {
    asked.resolve()
    return open.promise
  })
  const before = one.line.recall(2, 'key')
  await asked.promise
  const third = new Worker()
  relay.join(third.seen)
  third.line.known(3)
  await undefined
  relay.leave(third.seen)
  const after = one.line.recall(2, 'key')
  open.resolve(nothing)
  expect(await Promise.all([before, after])).toEqual([nothing, nothing])
})

test('an owner that goes while it is waited for is unreachable from then on', async () => {
  const { relay, one, other } = await twoWorkers()
  const asked = Promise.withResolvers<void>()
  other.line.serve(() => {
    asked.resolve()
    return new Promise(() => {})
  })
  const answer = one.line.recall(2, 'key')
  await asked.promise
  relay.leave(other.seen)
  expect(await answer).toBeUndefined()
})

test('of recalls that nobody answers the first are forgotten, and none of the last ten thousand', () => {
  const relay = new RecallRelay()
  const sent: RecallMessage[] = []
  const peer = () => {
    const listeners: ((message: RecallMessage) => void)[] = []
    relay.join({ send: (message) => void sent.push(message), hear: (listener) => void listeners.push(listener) })
    return { say: (message: RecallMessage) => listeners[0]?.(message) }
  }
  const [one, other] = [peer(), peer()]
  other.say({ spekaOwner: 2 })
  for (let number = 0; number <= 10_000; number += 1) one.say({ spekaRecalls: number, owner: 2, budgetId: 'key' })
  const passedOn = sent.splice(0).map((message) => ('spekaRecalls' in message ? message.spekaRecalls : -1))
  for (const spekaRecalled of passedOn.slice(0, 2)) other.say({ spekaRecalled, answer: nothing })
  expect(sent).toEqual([{ spekaRecalled: 1, answer: nothing }])
})

test('an owner that does not answer is silent after a second', async () => {
  const timers: { ms: number; run: () => void }[] = []
  const { one, other } = await twoWorkers({
    after(ms, run) {
      timers.push({ ms, run })
      return () => {}
    },
  })
  other.line.serve(() => new Promise(() => {}))
  const answer = one.line.recall(2, 'key')
  expect(timers).toMatchObject([{ ms: 1000 }])
  timers[0]?.run()
  expect(await answer).toBeUndefined()
})

test('where a store is shared with other machines, owners reach each other by notices', async () => {
  const clock = createFakeClock()
  const notices = new MemoryNotices()
  const [one, other] = [0, 1].map(() => openRecallLine(openNoticeBoard({ engine: notices.engine(), clock })))
  other?.known(2)
  other?.serve(async () => nothing)
  await clock.advance(0)
  let told: RecallAnswer | undefined
  // The line waits for a second of the real clock, which a machine that is busy may let pass.
  while (told === undefined) {
    const answer = one?.recall(2, 'key')
    await clock.advance(0)
    told = await answer
  }
  expect(told).toEqual(nothing)
})

test('a process on its own reaches nobody', async () => {
  expect(openRecallLine()).toBe(unreachedLine)
  expect(await openRecallLine().recall(1, 'key')).toBeUndefined()
})
