import type { NoticeBoard } from './notice-board.ts'

/**
 * Several boards as one: each notice goes by all of them, so that it arrives although one is slow or gone. Who listens hears it once by
 * each, which changes nothing for whoever looks for itself.
 */
export const severalBoards = (boards: readonly NoticeBoard[]): NoticeBoard => ({
  async publish(channel, text) {
    const first = Promise.withResolvers<boolean>()
    const all = boards.map(async (board) => {
      if (await board.publish(channel, text)) first.resolve(true)
    })
    Promise.all(all).then(() => first.resolve(false), first.reject)
    return first.promise
  },
  subscribe(channel, listener) {
    const ends = boards.map((board) => board.subscribe(channel, listener))
    return () => ends.forEach((end) => end())
  },
  lastHeardAt: () => Math.max(-Infinity, ...boards.map((board) => board.lastHeardAt())),
  async close() {
    await Promise.all(boards.map((board) => board.close()))
  },
})
