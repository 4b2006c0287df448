import { HealthBook } from '@speka/core/internal'
import { createFakeClock } from '../../core/src/sandbox/clock.fake.ts'
import { MemoryNotices } from './notices/__fixtures__/memory-notices.ts'
import type { NoticeBoard } from './notices/notice-board.ts'
import { openNoticeBoard } from './notices/open-notice-board.ts'
import { SharedHealth } from './shared-health.ts'

const failure = { class: 'transient' as const, mayBeBilled: false, message: 'failed' }
const answer = { failure: undefined, firstOutputMs: 100, durationMs: 1000, outputTokens: 50 }

/** Two replicas of one gateway that both know a target and two keys of its provider. */
async function twoReplicas({ isWanted = true } = {}) {
  const clock = createFakeClock()
  const notices = new MemoryNotices()
  const said: string[] = []
  const spy: NoticeBoard = openNoticeBoard({ engine: notices.engine(), clock })
  spy.subscribe('health', { heard: (text) => void said.push(text) })
  const [one, other] = [0, 1].map(() => {
    const health = new HealthBook()
    const target = health.of('lab', 'model')
    const keys = health.keysOf('lab')
    for (const credential of ['key-one', 'key-two']) keys.of(credential)
    const board = openNoticeBoard({ engine: notices.engine(), clock })
    const shared = new SharedHealth({ notices: { board, gateway: 'a' }, health, clock, isWanted: () => isWanted })
    const fail = (times: number): void => {
      for (let time = 0; time < times; time += 1) target.end(clock.monotonic(), { ...answer, failure })
    }
    const state = (): string => target.state(clock.monotonic())
    return { target, keys, shared, fail, state }
  })
  if (one === undefined || other === undefined) throw new Error('there are two')
  await clock.advance(0)
  return { clock, notices, spy, said, one, other }
}

test('a target that fails one replica is left alone by another after its own first failure, and not before', async () => {
  const { clock, one, other } = await twoReplicas()
  one.fail(5)
  await clock.advance(1000)
  expect([one.state(), other.state()]).toEqual(['open', 'closed'])
  other.fail(1)
  expect(other.state()).toBe('open')
})

test('a replica from which the target works takes no notice of what another has found', async () => {
  const { clock, one, other } = await twoReplicas()
  one.fail(5)
  await clock.advance(1000)
  other.target.end(clock.monotonic(), answer)
  other.fail(4)
  expect(other.state()).toBe('closed')
})

test('a hint is over when the one who gave it asks the target again', async () => {
  const { clock, one, other } = await twoReplicas()
  one.fail(5)
  await clock.advance(2500)
  other.fail(4)
  expect(other.state()).toBe('closed')
})

test('what lasts is told once, and again when it lasts longer', async () => {
  const { clock, said, one } = await twoReplicas()
  one.target.end(0, { ...answer, failure: { ...failure, class: 'rate_limit', retryAfterMs: 10_000 } })
  await clock.advance(5000)
  expect(said).toHaveLength(1)
  one.target.end(5000, { ...answer, failure: { ...failure, class: 'rate_limit', retryAfterMs: 30_000 } })
  await clock.advance(5000)
  expect(said).toHaveLength(2)
})

test('a key that one replica was refused with is passed over by the others, and is in no notice', async () => {
  const { clock, said, one, other } = await twoReplicas()
  Object.assign(one.keys.of('key-one'), { state: 'refused', at: clock.monotonic() })
  await clock.advance(1000)
  const now = clock.monotonic()
  expect(['key-one', 'key-two'].map((key) => other.keys.isPassedOver(key, now))).toEqual([true, false])
  expect(other.keys.isPassedOver('key-one', now + 60_000)).toBe(false)
  expect(one.keys.isPassedOver('key-one', now)).toBe(false)
  expect(said.join()).not.toContain('key-one')
})

test('where it is not wanted nothing is told', async () => {
  const { clock, said, one } = await twoReplicas({ isWanted: false })
  one.fail(5)
  await clock.advance(5000)
  expect(said).toEqual([])
})

test.each([
  '',
  '7',
  '{"from":"x","forMs":-1,"provider":"lab","model":"model"}',
  '{"from":"x","forMs":9,"provider":"lab"}',
])('what is no hint is left alone: %s', async (text) => {
  const { clock, spy, other } = await twoReplicas()
  await spy.publish('health', text)
  await clock.advance(0)
  other.fail(4)
  expect(other.state()).toBe('closed')
})

test('a target that is not known here is not made known', async () => {
  const { clock, spy, other } = await twoReplicas()
  await spy.publish('health', '{"from":"x","forMs":9000,"provider":"lab","model":"made up"}')
  await clock.advance(0)
  other.fail(4)
  expect(other.state()).toBe('closed')
})

test('one that is closed neither tells nor hears', async () => {
  const { clock, said, one, other } = await twoReplicas()
  await one.shared.close()
  await other.shared.close()
  one.fail(5)
  await clock.advance(5000)
  expect(said).toEqual([])
})
