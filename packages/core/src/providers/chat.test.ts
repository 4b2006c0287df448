import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { knownProviders, type ProviderType } from './known-providers.ts'
import type { ProviderFixtures } from './provider-fixtures.contract.ts'
import { describeProvider } from './provider.contract.ts'
import type { Provider } from './provider.ts'

/** What has no folder of its own, since another's adapter is all of it. */
const folders: Partial<Record<ProviderType, string>> = { sandbox: 'openai-compatible' }

const suites = await Promise.all(
  (Object.keys(knownProviders) as ProviderType[]).map(async (type) => {
    const adapter: Provider = knownProviders[type].adapter
    const path = `${folders[type] ?? type}/chat.contract.ts`
    const found = existsSync(join(import.meta.dirname, path))
    const fixtures = found ? ((await import(`./${path}`)) as { fixtures: ProviderFixtures }).fixtures : undefined
    return { type, adapter, path: `packages/core/src/providers/${path}`, fixtures }
  }),
)

for (const { type, adapter, fixtures } of suites)
  if (adapter.chat !== undefined && fixtures !== undefined) describeProvider(type, adapter, fixtures)

test('every provider of chat has replies to be held to, and no other has', () => {
  const complaints = suites.flatMap(({ type, adapter, path, fixtures }) => {
    if (adapter.chat !== undefined && fixtures === undefined)
      return [`${type} offers chat: write ${path}, as packages/core/src/providers/vllm/chat.contract.ts is written`]
    return adapter.chat === undefined && fixtures !== undefined ? [`${type} offers no chat: remove ${path}`] : []
  })
  expect(complaints).toEqual([])
})

test('every adapter is called what its row is called', () => {
  const misnamed = suites.filter(({ type, adapter }) => adapter.type !== type)
  expect(misnamed.map(({ type, adapter }) => `${type} has an adapter called ${adapter.type}: call it ${type}`)).toEqual(
    [],
  )
})
