import { randomUUID } from 'node:crypto'
import { eventually } from '../../../../test/support/eventually.ts'
import { MOST_NOTICE_BYTES, type NoticeBoard } from './notice-board.ts'

/** Several replicas with one engine. */
export interface BoardsWorld {
  board(): NoticeBoard
  /** Every connection that there is breaks; new ones may be made. */
  cut(): Promise<void>
  close(): Promise<void>
}

/** What was heard, in order, and how often there was a gap. */
export class Heard {
  readonly texts: string[] = []
  gaps = 0
  heard(text: string): void {
    this.texts.push(text)
  }
  gap(): void {
    this.gaps += 1
  }
}

/** Somebody who hears what is said from now on. */
async function listening(on: NoticeBoard, channel: string): Promise<Heard> {
  const listener = new Heard()
  on.subscribe(channel, listener)
  await eventually(() => listener.gaps > 0, `${channel} is heard`)
  return listener
}

/** How notices go from replica to replica, whatever carries them. */
export function describeNoticeBoard(name: string, open: () => Promise<BoardsWorld>): void {
  describe(`notices by ${name}`, () => {
    let world: BoardsWorld
    const boards: NoticeBoard[] = []
    const board = (): NoticeBoard => {
      const made = world.board()
      boards.push(made)
      return made
    }
    beforeEach(async () => {
      world = await open()
    })
    afterEach(async () => {
      await Promise.all(boards.splice(0).map((one) => one.close()))
      await world.close()
    })

    test('reach everybody who listens on their channel, the one who says it as well, and nobody else', async () => {
      const [one, other] = [board(), board()]
      const all = await Promise.all([listening(one, 'news'), listening(other, 'news'), listening(other, 'more')])
      expect(await one.publish('news', 'a')).toBe(true)
      expect(await other.publish('more', 'b')).toBe(true)
      await eventually(() => all.every(({ texts }) => texts.length > 0), 'all have heard')
      expect(all.map(({ texts }) => texts)).toEqual([['a'], ['a'], ['b']])
    })

    test('come in the order in which one replica says them', async () => {
      const [one, other] = [board(), board()]
      const heard = await listening(other, 'news')
      const said = Array.from({ length: 50 }, (_, index) => `${index}`)
      await Promise.all(said.map((text) => one.publish('news', text)))
      await eventually(() => heard.texts.length >= said.length, 'all have come')
      expect(heard.texts).toEqual(said)
    })

    test('are heard whole, whatever is in them and however long they may be', async () => {
      const one = board()
      const heard = await listening(one, 'news')
      const texts = ['', `'"\\ \n é 語 🦜`, 'x'.repeat(MOST_NOTICE_BYTES)]
      for (const text of texts) await one.publish('news', text)
      await eventually(() => heard.texts.length === texts.length, 'all have come')
      expect(heard.texts).toEqual(texts)
    })

    test.each([
      ['too long', 'news', 'é'.repeat(MOST_NOTICE_BYTES / 2 + 1)],
      ['on a channel whose name no engine takes', 'News; UNLISTEN *', 'a'],
    ])('that are %s are refused', async (_, channel, text) => {
      await expect(board().publish(channel, text)).rejects.toThrow(RangeError)
    })

    test('are not heard any more by whoever has ended', async () => {
      const one = board()
      const first = new Heard()
      const end = one.subscribe('news', first)
      const second = await listening(one, 'news')
      end()
      await one.publish('news', 'a')
      await eventually(() => second.texts.length > 0, 'the other hears it')
      expect(first.texts).toEqual([])
    })

    test('are heard again after everything was cut, and the gap is told to each', async () => {
      const [one, other] = [board(), board()]
      const all = await Promise.all([listening(one, 'news'), listening(other, 'news'), listening(other, 'more')])
      await world.cut()
      await eventually(() => all.every(({ gaps }) => gaps > 1), 'all are told of the gap')
      const text = randomUUID()
      await eventually(() => one.publish('news', text), 'it can be said again')
      await eventually(() => all[1]?.texts.includes(text) === true, 'it is heard')
    })

    test('show when something was heard last, although nobody says anything', async () => {
      const one = board()
      expect(one.lastHeardAt()).toBe(-Infinity)
      one.subscribe('news', new Heard())
      await eventually(() => one.lastHeardAt() > -Infinity, 'it hears itself')
      const first = one.lastHeardAt()
      await eventually(() => one.lastHeardAt() > first, 'it hears itself again')
    })

    test('of a board that is closed go nowhere', async () => {
      const one = board()
      await listening(one, 'news')
      await one.close()
      expect(await one.publish('news', 'a')).toBe(false)
    })
  })
}
