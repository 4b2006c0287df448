import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { ResponseStore } from '../store/responses.ts'
import { deleteEndedResponses } from './delete-ended.ts'

let clock: FakeClock
let store: ResponseStore
/** How many were thrown away at each look. */
let looks: number[]
let troubles: unknown[]
let deleting: ReturnType<typeof deleteEndedResponses>
beforeEach(() => {
  clock = createFakeClock()
  store = openMemoryStore().responses
  looks = []
  troubles = []
  deleting = deleteEndedResponses({
    store: {
      ...store,
      async deleteEnded(now, most) {
        const deleted = await store.deleteEnded(now, most)
        looks.push(deleted)
        return deleted
      },
    },
    clock,
    onTrouble: (trouble) => troubles.push(trouble),
  })
})

const keepUntil = async (until: number, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1)
    await store.keep({ id: `${until} ${n}`, account: 'acme', until, sealed: new Uint8Array() })
}

test('what has ended goes within a minute, in small pieces, and the rest stays', async () => {
  await keepUntil(clock.now() + 30_000, 250)
  await keepUntil(clock.now() + 3_600_000, 1)
  await clock.advance(61_000)
  expect(looks).toEqual([100, 100, 50])
  await clock.advance(60_000)
  expect(looks).toEqual([100, 100, 50, 0])
  await clock.advance(3_600_000)
  expect(looks.reduce((sum, more) => sum + more)).toBe(251)
  await deleting.close()
})

test('a store that does not answer is asked again later', async () => {
  const { deleteEnded } = store
  store.deleteEnded = () => Promise.reject(new Error('gone'))
  await clock.advance(60_000)
  store.deleteEnded = deleteEnded
  await keepUntil(clock.now(), 1)
  await clock.advance(60_000)
  expect([troubles.length, looks]).toEqual([1, [1]])
  await deleting.close()
})

test('nothing is left behind once it is closed', async () => {
  await clock.advance(60_000)
  await deleting.close()
  expect(clock.pending()).toBe(0)
  await clock.advance(600_000)
  expect(looks).toHaveLength(1)
})
