import type { RecallAnswer } from '@speka/core/internal'
import { createFakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { MemoryNotices } from '../notices/__fixtures__/memory-notices.ts'
import type { NoticeBoard } from '../notices/notice-board.ts'
import { openNoticeBoard } from '../notices/open-notice-board.ts'
import { severalBoards } from '../notices/several-boards.ts'
import { NoticeRecallLine } from './notice-recall-line.ts'

const nothing: RecallAnswer = { said: 'nothing idle', grants: 3 }

/** Two replicas that hear the same notices; the second settles as owner 2. */
async function twoReplicas(boardOf?: (notices: MemoryNotices) => NoticeBoard) {
  const clock = createFakeClock()
  const notices = new MemoryNotices()
  const open = boardOf ?? ((carried) => openNoticeBoard({ engine: carried.engine(), clock }))
  const [one, other] = [open(notices), open(notices)].map((board) => new NoticeRecallLine({ board, clock }))
  if (one === undefined || other === undefined) throw new Error('there are two')
  one.known(1)
  other.known(2)
  await clock.advance(0)
  return { clock, notices, one, other }
}

test('a recall reaches the replica that settles under that id, and its answer comes back', async () => {
  const { clock, one, other } = await twoReplicas()
  const asked: string[] = []
  other.serve(async (budgetId) => {
    asked.push(budgetId)
    return nothing
  })
  const answer = one.recall(2, 'key@0')
  await clock.advance(0)
  expect(await answer).toEqual(nothing)
  expect(asked).toEqual(['key@0'])
})

test('answers find those who asked, in any order', async () => {
  const { clock, one, other } = await twoReplicas()
  const open = new Map<string, (answer: RecallAnswer) => void>()
  other.serve((budgetId) => new Promise((resolve) => open.set(budgetId, resolve)))
  const answers = [one.recall(2, 'first'), one.recall(2, 'second')]
  await clock.advance(0)
  open.get('second')?.({ said: 'returned', grants: 2 })
  open.get('first')?.({ said: 'returned', grants: 1 })
  await clock.advance(0)
  expect(await Promise.all(answers)).toMatchObject([{ grants: 1 }, { grants: 2 }])
})

test('one that was lost, or came before its owner listened, is sent again', async () => {
  const { clock, notices, one, other } = await twoReplicas()
  other.serve(async () => nothing)
  notices.isHung = true
  const [lost, early] = [one.recall(2, 'key'), one.recall(5, 'key')]
  await clock.advance(100)
  notices.isHung = false
  await clock.advance(150)
  expect(await lost).toEqual(nothing)
  other.known(5)
  await clock.advance(500)
  expect(await early).toEqual(nothing)
})

test('an owner that was taken for ended is asked under its new id, and no more under the old one', async () => {
  const { clock, one, other } = await twoReplicas()
  other.serve(async () => nothing)
  other.known(5)
  const [now, before] = [one.recall(5, 'key'), one.recall(2, 'key')]
  await clock.advance(1000)
  expect([await now, await before]).toEqual([nothing, undefined])
})

test('what an owner says after it has become another one is no answer', async () => {
  const { clock, one, other } = await twoReplicas()
  const later = Promise.withResolvers<RecallAnswer>()
  other.serve(() => later.promise)
  const answer = one.recall(2, 'key')
  await clock.advance(10)
  other.known(5)
  later.resolve(nothing)
  await clock.advance(1000)
  expect(await answer).toBeUndefined()
})

test('an owner that does not answer is silent after a second, and nothing is left behind', async () => {
  const { clock, one, other } = await twoReplicas()
  other.serve(() => new Promise(() => {}))
  const timers = clock.pending()
  const silent = one.recall(2, 'key')
  let told: unknown = 'nothing yet'
  void silent.then((answer) => (told = answer))
  await clock.advance(999)
  expect(told).toBe('nothing yet')
  await clock.advance(1)
  expect([told, clock.pending()]).toEqual([undefined, timers])
})

test('a recall that two engines carry is answered once', async () => {
  const clock = createFakeClock()
  const second = new MemoryNotices()
  const both = (first: MemoryNotices): NoticeBoard =>
    severalBoards([first, second].map((carried) => openNoticeBoard({ engine: carried.engine(), clock })))
  const { one, other } = await twoReplicas(both)
  await clock.advance(0)
  let asked = 0
  other.serve(async () => {
    asked += 1
    return nothing
  })
  const answer = one.recall(2, 'key')
  await clock.advance(0)
  expect([await answer, asked]).toEqual([nothing, 1])
})

test.each(['', 'null', '{"recalls":1}', '{"recalls":1,"try":0,"from":7,"owner":2,"budgetId":"key"}', '{"recalled":1}'])(
  'what is no recall is left alone: %s',
  async (text) => {
    const clock = createFakeClock()
    const board = openNoticeBoard({ engine: new MemoryNotices().engine(), clock })
    const line = new NoticeRecallLine({ board, clock })
    const asked: string[] = []
    line.serve(async (budgetId) => {
      asked.push(budgetId)
      return nothing
    })
    line.known(2)
    await clock.advance(0)
    await board.publish('recall_2', text)
    await clock.advance(0)
    expect(asked).toEqual([])
  },
)
