import type { ModelEntry } from '@speka/core'
import { holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import type { GatewayView, ProviderView, TargetView } from './gateway-view.ts'
import { listModels } from './list-models.ts'
import { listProviders } from './list-providers.ts'

const target = (model: string, provider: string): TargetView => ({
  model,
  provider,
  upstream_model: model,
  state: 'closed',
  in_flight: 0,
  latency_ms: null,
  tokens_per_second: null,
})
const targets = [target('a/one', 'near'), target('a/one', 'far'), target('a/two', 'far')]

const nobodyAsks = (): Promise<never> => Promise.reject(new Error('nobody asks'))

const gateway: GatewayView = {
  models: async () => ['a/one', 'a/two'].map((id) => ({ id }) as ModelEntry),
  targets: async () => targets,
  providers: async () =>
    ['near', 'far'].map((name): ProviderView => ({ name, type: 'openai', ready: true, isolated: false, keys: [] })),
  system: nobodyAsks,
  routing: nobodyAsks,
}
const parts = { ...operationParts().parts, gateway }

test('models and providers have their targets beside them, where that is asked for', async () => {
  expect((await listModels(parts, operator, { include: 'targets' })).map((one) => one.targets)).toEqual([
    [targets[0], targets[1]],
    [targets[2]],
  ])
  expect((await listProviders(parts, operator, { include: 'targets' })).map((one) => one.targets)).toEqual([
    [targets[0]],
    [targets[1], targets[2]],
  ])
  expect((await listModels(parts, operator, {})).every((one) => !('targets' in one))).toBe(true)
})

test('how targets fare is the operator’s to know', async () => {
  const asked = listModels(parts, holder('default', 'owner'), { include: 'targets' })
  await expect(asked).rejects.toMatchObject({ code: 'permission_denied' })
})
