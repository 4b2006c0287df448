import type { Failure } from '@speka/core'
import { HealthBook } from '@speka/core/internal'
import { createFakeClock, type FakeClock } from '../../../core/src/sandbox/clock.fake.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import type { Alerts } from '../store/alerts.ts'
import { alertRulesOf } from './alert-rules.ts'
import { GatewayWatch } from './gateway-watch.ts'

let alerts: Alerts
let clock: FakeClock
beforeEach(() => {
  alerts = openMemoryStore().alerts
  clock = createFakeClock()
})

/** One process: what it knows of targets and keys is its own. */
function process(states: readonly ('unknown' | 'works' | 'refused')[] = []) {
  const health = new HealthBook()
  const keys = states.map((state) => ({ state, at: undefined }))
  const provider = { name: 'acme', type: 'openai-compatible', ready: true, isolated: false, keys } as const
  const watch = new GatewayWatch({
    alerts,
    health,
    clock,
    providers: () => [provider],
    raise: async (alert) => void (await alerts.raise(alert)),
  })
  watch.configure(alertRulesOf([{ when: { target_down: true, provider_key_refused: true } }]))
  return { health, keys, watch }
}

type Process = ReturnType<typeof process>

function attempt({ health }: Process, failure?: Failure, provider = 'acme'): void {
  const target = health.of(provider, 'large')
  target.begin(clock.monotonic())
  target.end(clock.monotonic(), { failure, firstOutputMs: 1, durationMs: 2, outputTokens: undefined })
}

const failureOf = (failureClass: Failure['class']): Failure => ({
  class: failureClass,
  message: 'it failed',
  mayBeBilled: false,
})

function fail(one: Process, provider?: string): void {
  for (let n = 0; n < 5; n += 1) attempt(one, failureOf('transient'), provider)
}

const told = async () =>
  (await alerts.list()).toReversed().map(({ kind, body }) => [kind, JSON.parse(body).data as unknown])

const target = { provider: 'acme', upstream_model: 'large' }

test('a target that fails again and again is down, and up when it answers: once each', async () => {
  const one = process()
  fail(one)
  await one.watch.look()
  await one.watch.look()
  expect(await told()).toEqual([['target.down', target]])
  await clock.advance(10_000)
  await one.watch.look()
  expect(await told()).toHaveLength(1)
  attempt(one)
  await one.watch.look()
  await one.watch.look()
  expect(await told()).toEqual([
    ['target.down', target],
    ['target.up', target],
  ])
  fail(one)
  await one.watch.look()
  expect((await told()).map(([kind]) => kind)).toEqual(['target.down', 'target.up', 'target.down'])
})

test('several processes that see it tell it once', async () => {
  const all = [process(), process()]
  for (const one of all) fail(one)
  for (const { watch } of all) await watch.look()
  await clock.advance(10_000)
  for (const one of all) attempt(one)
  for (const { watch } of all) await watch.look()
  expect(await told()).toEqual([
    ['target.down', target],
    ['target.up', target],
  ])
})

test('what was down in the life before is told to be up when it has answered, not when nobody has tried', async () => {
  const one = process()
  fail(one)
  await one.watch.look()
  const next = process()
  next.health.of('acme', 'large')
  await next.watch.look()
  expect(await told()).toHaveLength(1)
  attempt(next)
  await next.watch.look()
  expect((await told()).map(([kind]) => kind)).toEqual(['target.down', 'target.up'])
})

test('a target that wants to be left alone for a while is not down', async () => {
  const one = process()
  attempt(one, failureOf('rate_limit'))
  attempt(one, failureOf('quota'))
  await one.watch.look()
  expect(await told()).toEqual([])
})

test('the sandbox’s faults are asked for', async () => {
  const one = process()
  fail(one, 'sandbox')
  await one.watch.look()
  expect(await told()).toEqual([])
})

test('a key that is refused is told by its place, until it works again', async () => {
  const { keys, watch } = process(['works', 'refused'])
  await watch.look()
  await watch.look()
  expect(await told()).toEqual([['provider_key.refused', { provider: 'acme', position: 2 }]])
  const [, second] = keys
  if (second === undefined) throw new Error('no second key')
  second.state = 'works'
  await watch.look()
  second.state = 'refused'
  await watch.look()
  expect(await told()).toHaveLength(2)
})

test('another process, or the next life, that finds the key refused too does not tell it again', async () => {
  for (const { watch } of [process(['refused']), process(['refused'])]) await watch.look()
  await process(['unknown']).watch.look()
  await process(['refused']).watch.look()
  expect(await told()).toHaveLength(1)
})
