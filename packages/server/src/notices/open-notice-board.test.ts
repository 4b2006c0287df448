import { realClock } from '@speka/core/node'
import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { MemoryNotices } from './__fixtures__/memory-notices.ts'
import { describeNoticeBoard, Heard } from './notice-board.contract.ts'
import { openNoticeBoard } from './open-notice-board.ts'
import { severalBoards } from './several-boards.ts'

describeNoticeBoard('an engine in memory', async () => {
  const notices = new MemoryNotices()
  return {
    board: () => openNoticeBoard({ engine: notices.engine(), clock: realClock }),
    cut: async () => notices.cut(),
    close: async () => {},
  }
})

/** A board in memory, on a clock that the test turns. */
async function setUp(notices = new MemoryNotices()) {
  const clock: FakeClock = createFakeClock()
  const board = openNoticeBoard({ engine: notices.engine(), clock })
  const listener = new Heard()
  board.subscribe('news', listener)
  await clock.advance(0)
  return { notices, clock, board, listener }
}

test('a connection on which not even its own notices come back is given up, and another is made', async () => {
  const { notices, clock, board, listener } = await setUp()
  await clock.advance(10_000)
  expect(listener.gaps).toBe(1)
  notices.isHung = true
  await clock.advance(4000)
  notices.isHung = false
  expect(board.lastHeardAt()).toBe(10_000)
  await clock.advance(2000)
  expect(listener.gaps).toBe(2)
  expect(await board.publish('news', 'a')).toBe(true)
  await clock.advance(0)
  expect(listener.texts).toEqual(['a'])
})

test('who subscribes while nobody can be reached hears from the moment at which that is over', async () => {
  const notices = new MemoryNotices()
  notices.isDown = true
  const { clock, board, listener } = await setUp(notices)
  await clock.advance(60_000)
  expect([listener.gaps, await board.publish('news', 'a')]).toEqual([0, false])
  notices.isDown = false
  await clock.advance(2000)
  expect([listener.gaps, await board.publish('news', 'b')]).toEqual([1, true])
  await clock.advance(0)
  expect(listener.texts).toEqual(['b'])
})

test('one that is closed sets no timer and does not connect again', async () => {
  const { notices, clock, board } = await setUp()
  await board.close()
  notices.cut()
  expect(clock.pending()).toBe(0)
})

describe('of several boards', () => {
  test('each carries what is said, and one that is gone is not waited for', async () => {
    const [first, second] = [await setUp(), await setUp()]
    const both = severalBoards([first.board, second.board])
    const listener = new Heard()
    both.subscribe('news', listener)
    await first.clock.advance(0)
    first.notices.isDown = true
    first.notices.cut()
    expect(await both.publish('news', 'a')).toBe(true)
    await second.clock.advance(0)
    expect(listener.texts).toEqual(['a'])
    second.notices.isDown = true
    second.notices.cut()
    expect(await both.publish('news', 'b')).toBe(false)
  })

  test('the one that was heard last says when that was', async () => {
    const [first, second] = [await setUp(), await setUp()]
    const both = severalBoards([first.board, second.board])
    await second.clock.advance(5000)
    expect(both.lastHeardAt()).toBe(second.board.lastHeardAt())
    expect(severalBoards([]).lastHeardAt()).toBe(-Infinity)
  })

  test('none at all carries nothing', async () => {
    expect(await severalBoards([]).publish('news', 'a')).toBe(false)
  })
})
