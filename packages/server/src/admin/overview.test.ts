import { createEngine, HealthBook, type RoutingTable } from '@speka/core/internal'
import { addOverviews, overviewOf } from './overview.ts'

const config = {
  providers: {
    lab: { type: 'openai-compatible', base_url: 'http://lab/v1', api_key: ['sk-one', 'sk-two'] },
    off: { type: 'nvidia' },
  },
  models: { m: { targets: [{ provider: 'lab', model: 'mine' }] } },
} as const

const clock = { now: () => Date.UTC(2026, 10, 29), monotonic: () => 60_000, after: () => () => {} }

const transport = { send: () => ({ pause() {}, abort() {}, resume() {} }) }

/** What a process knows after `use` has been made of its targets. */
function overview(use: (target: ReturnType<typeof targetOf>, health: HealthBook) => void = () => {}) {
  const health = new HealthBook()
  const { table } = createEngine({ config, health, clock, random: Math.random, transport, instanceId: 'here' })
  use(targetOf(table), health)
  return overviewOf(table, clock)
}

function targetOf(table: RoutingTable) {
  const [target] = table.find('m')?.targets ?? []
  if (target === undefined) throw new Error('no target')
  return target
}

const lab = ({ providers }: ReturnType<typeof overview>) => providers.find(({ name }) => name === 'lab')

test('the operator sees what became of each key, and never the key', () => {
  const seen = overview((target) => {
    const second = target.keys.find((key) => key === 'sk-two')
    if (second !== undefined) target.keys.refuse(second, 0)
  })
  expect(lab(seen)).toEqual({
    name: 'lab',
    type: 'openai-compatible',
    ready: true,
    isolated: false,
    keys: [
      { position: 1, state: 'unknown', used_at: null },
      { position: 2, state: 'refused', used_at: '2026-11-28T23:59:00.000Z' },
    ],
  })
  expect(seen.providers.find(({ name }) => name === 'off')).toMatchObject({ ready: false, keys: [] })
  expect(JSON.stringify(seen)).not.toContain('sk-')
})

test('of several processes the worst state is shown, all that is under way, and what became of a key last', () => {
  const busy = overview((target, health) => {
    target.health.begin(0)
    target.keys.accept(target.upstream, 10_000)
    health.isolate(['lab'])
  })
  const broken = overview((target) => {
    target.health.begin(0)
    for (let times = 0; times < 5; times += 1) {
      target.health.begin(59_000)
      const failure = { class: 'transient', message: 'it fails', mayBeBilled: false } as const
      target.health.end(59_000, { failure, firstOutputMs: undefined, durationMs: 1, outputTokens: undefined })
    }
    target.keys.refuse(target.upstream, 20_000)
  })
  for (const both of [addOverviews([busy, broken]), addOverviews([broken, busy])]) {
    expect(both.targets.find(({ model }) => model === 'm')).toMatchObject({
      provider: 'lab',
      upstream_model: 'mine',
      state: 'open',
      in_flight: 2,
    })
    expect(lab(both)).toMatchObject({ isolated: true, keys: [{ state: 'refused' }, { state: 'unknown' }] })
  }
  expect(addOverviews([])).toEqual({ targets: [], providers: [] })
})
