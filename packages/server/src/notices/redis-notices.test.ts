import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { realClock } from '@speka/core/node'
import { eventually } from '../../../../test/support/eventually.ts'
import { REDIS } from '../../../../test/support/services/redis.ts'
import { describeNoticeBoard, Heard } from './notice-board.contract.ts'
import type { NoticeBoard } from './notice-board.ts'
import { openNoticeBoard } from './open-notice-board.ts'
import { redisNotices } from './redis-notices.ts'

const url = process.env[REDIS] ?? ''
const describeWithRedis: typeof describe = url === '' ? (describe.skip as typeof describe) : describe

const connectTo = (): Redis => {
  const made = new Redis(url)
  // What is wrong with it shows in that nothing is heard.
  made.on('error', () => {})
  return made
}

const boardOf = (prefix: string): NoticeBoard =>
  openNoticeBoard({ engine: redisNotices({ connect: connectTo, prefix }), clock: realClock })

describeWithRedis('Redis', () => {
  describeNoticeBoard('Redis', async () => {
    const prefix = `${randomUUID()}:`
    const admin = connectTo()
    return {
      board: () => boardOf(prefix),
      async cut() {
        for (const type of ['PUBSUB', 'NORMAL']) await admin.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'YES')
      },
      close: async () => admin.disconnect(),
    }
  })

  test('another gateway with the same Redis hears nothing of it', async () => {
    const [one, other] = [boardOf('one:'), boardOf('other:')]
    const [here, there] = [new Heard(), new Heard()]
    one.subscribe('news', here)
    other.subscribe('news', there)
    await eventually(() => here.gaps > 0 && there.gaps > 0, 'both listen')
    await one.publish('news', 'a')
    await other.publish('news', 'b')
    await eventually(() => here.texts.length > 0 && there.texts.length > 0, 'both hear')
    expect([here.texts, there.texts]).toEqual([['a'], ['b']])
    await Promise.all([one.close(), other.close()])
  })
})
