import {
  listedTypes,
  offeredOf,
  openCatalog,
  type OpenCatalogRow,
} from '../../packages/server/src/config/open-catalog.ts'
import { buildRoutingTable } from '../../packages/core/src/route/routing-table.ts'
import { isProviderType } from '../../packages/core/src/providers/known-providers.ts'
import { jumps, keyOf, staleRows } from './check-catalog.ts'
import { makeCatalog, modelDirectory, modelsDev, type DataSet } from './make-catalog.ts'

const text = { input: ['text', 'image'], output: ['text'] }

const kept = (models: object, day = '2026-07-02'): DataSet => ({
  name: 'models.dev',
  day,
  shape: modelsDev,
  providers: { groq: { models } },
})
const gathered = (models: object, day = '2026-08-22'): DataSet => ({
  name: 'ai-model-directory',
  day,
  shape: modelDirectory,
  providers: { groq: { models } },
})

const plain = {
  id: 'lab/one',
  name: 'One',
  tool_call: true,
  reasoning: true,
  cost: { input: 0.15, output: 0.6, cache_read: 0.075, tiers: [{ tier: { size: 200_000 }, input: 0.3, output: 1.2 }] },
  limit: { context: 131_072 },
  modalities: text,
}

const row = (more: Partial<OpenCatalogRow> = {}): OpenCatalogRow => ({
  provider: 'groq',
  model: 'lab/one',
  name: 'One',
  capabilities: [],
  price: { input: '1', output: '2' },
  from: 'models.dev',
  as_of: '2026-07-02',
  ...more,
})

describe('a catalog made of data sets', () => {
  test('has a model with its price, its price for long prompts, its window and what it can do', () => {
    expect(makeCatalog(kept({ one: plain })).rows).toEqual([
      {
        provider: 'groq',
        model: 'lab/one',
        name: 'One',
        context: 131_072,
        capabilities: ['tools', 'reasoning', 'vision'],
        price: [
          { input: '0.15', output: '0.6', cached_input: '0.075' },
          { input: '0.3', output: '1.2', cached_input: '0.075', above_input_tokens: 200_000 },
        ],
        from: 'models.dev',
        as_of: '2026-07-02',
      },
    ])
  })

  test.each([
    ['has no price', { ...plain, cost: undefined }],
    ['is free', { ...plain, cost: { input: 0, output: 0 } }],
    ['tells half of its price', { ...plain, cost: { input: 1 } }],
    ['draws', { ...plain, modalities: { input: ['text'], output: ['text', 'image'] } }],
    ['hears only', { ...plain, modalities: { input: ['audio'], output: ['text'] } }],
  ])('leaves out a model that %s', (_, model) => {
    expect(makeCatalog(kept({ model })).rows).toEqual([])
  })

  test('takes a price that a newer data set confirms as of that one’s day, whole', () => {
    const confirmed = gathered({ one: { ...plain, cost: undefined, pricing: { input: 0.15, output: 0.6 } } })
    const [made] = makeCatalog(kept({ one: plain }), confirmed).rows
    expect(made).toMatchObject({ from: 'ai-model-directory', as_of: '2026-08-22' })
    expect(made?.price).toHaveLength(2)
  })

  test('takes a newer price, and no older one', () => {
    const models = { one: { id: 'lab/one', pricing: { input: 0.2, output: 0.6 }, modalities: text } }
    expect(makeCatalog(kept({ one: plain }), gathered(models)).rows[0]?.price).toEqual({ input: '0.2', output: '0.6' })
    expect(makeCatalog(kept({ one: plain }), gathered(models, '2026-01-01')).rows[0]?.as_of).toBe('2026-07-02')
  })

  test('leaves out a model whose prices are too far apart, and says so', () => {
    const models = { one: { id: 'lab/one', pricing: { input: 0.15, output: 2.5 }, modalities: text } }
    expect(makeCatalog(kept({ one: plain }), gathered(models))).toEqual({
      rows: [],
      disputed: ['groq/lab/one: output was 0.6 and is 2.5 (ai-model-directory, 2026-08-22)'],
    })
  })

  test('has no models that only machines have gathered', () => {
    expect(makeCatalog(kept({}), gathered({ one: { ...plain, pricing: plain.cost } })).rows).toEqual([])
  })
})

describe('what is found in a catalog', () => {
  test('a price that is older than 90 days', () => {
    expect(staleRows([row()], '2026-09-30')).toEqual([])
    expect(staleRows([row()], '2026-10-01')).toEqual([
      'groq/lab/one: its price is 91 days old (models.dev, 2026-07-02)',
    ])
  })

  test.each([
    { was: '1', is: '1.5', found: [] },
    { was: '1', is: '1.51', found: ['groq/lab/one: input was 1 and is 1.51 (models.dev, 2026-07-02)'] },
    { was: '1', is: '0.4', found: ['groq/lab/one: input was 1 and is 0.4 (models.dev, 2026-07-02)'] },
    { was: '0', is: '0.1', found: ['groq/lab/one: input was 0 and is 0.1 (models.dev, 2026-07-02)'] },
  ])('a price that has jumped by more than a half: from $was to $is', ({ was, is, found }) => {
    expect(jumps([row({ price: { input: was } })], [row({ price: [{ input: is }] })])).toEqual(found)
  })

  test('no jump of a model that is new', () => {
    expect(jumps([], [row()])).toEqual([])
  })
})

describe('the open catalog', () => {
  const rows = openCatalog()

  test('has every model once, of types of providers that there are', () => {
    expect(new Set(rows.map(keyOf)).size).toBe(rows.length)
    expect(listedTypes().filter((type) => !isProviderType(type))).toEqual([])
    expect(listedTypes()).toEqual(
      expect.arrayContaining(['groq', 'xai', 'cerebras', 'fireworks', 'deepinfra', 'cohere']),
    )
  })

  test('has no price that was old on the day of its newest', () => {
    const newest = rows.map(({ as_of: day }) => day).reduce((a, b) => (a > b ? a : b))
    expect(staleRows(rows, newest)).toEqual([])
  })

  test('offers models of a provider at the prices of its list, as of its day', () => {
    const providers = { mine: { type: 'groq', api_key: 'k' } } as const
    const table = buildRoutingTable({ providers, offered: offeredOf(['mine'], providers) })
    const found = table.find('mine/openai/gpt-oss-120b')
    expect(found?.model).toMatchObject({ ownedBy: 'openai', endpoints: ['chat'], contextWindow: 131_072 })
    expect(found?.model.capabilities).toEqual(expect.arrayContaining(['tools', 'reasoning']))
    expect(found?.model.prices).toMatchObject([{ input: 150_000n, source: 'directory' }])
    expect(found?.targets).toMatchObject([{ provider: 'mine', upstreamModel: 'openai/gpt-oss-120b' }])
  })

  test('gives way to what the operator says of a model, and keeps what is known of it', () => {
    const providers = { mine: { type: 'groq', api_key: 'k' } } as const
    const id = 'mine/openai/gpt-oss-120b'
    const table = buildRoutingTable({
      providers,
      offered: offeredOf(['mine'], providers),
      models: { [id]: { price: { input: '9', output: '9' } } },
    })
    expect(table.find(id)?.model).toMatchObject({
      name: 'GPT OSS 120B',
      prices: [{ input: 9_000_000n, source: 'config' }],
    })
    expect(table.find(id)?.targets).toHaveLength(1)
  })

  test('every model of it can be offered', () => {
    const providers = Object.fromEntries(
      listedTypes()
        .filter(isProviderType)
        .map((type) => [type, { type, api_key: 'k' }]),
    )
    const table = buildRoutingTable({ providers, offered: offeredOf(listedTypes(), providers) })
    expect(rows.filter((one) => table.find(keyOf(one))?.targets.length !== 1).map(keyOf)).toEqual([])
  })

  test('offers nothing of a provider that is not named', () => {
    expect(offeredOf([], {})).toEqual([])
  })
})
