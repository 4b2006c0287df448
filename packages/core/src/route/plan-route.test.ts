import fc from 'fast-check'
import type { GatewayConfig, RoutingConfig } from '../config.ts'
import { SpekaError } from '../errors.ts'
import { HealthBook } from '../health/health-book.ts'
import { parseUsd } from '../money.ts'
import { IdSeal } from '../sealed-id.ts'
import { mintRequestId } from '../uuid.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import { modelEntry } from './list-models.ts'
import { planRoute, type RoutePlan, type RouteQuestion } from './plan-route.ts'
import { buildRoutingTable } from './routing-table.ts'
import { samePlace, type Target } from './target.ts'

const provider = (name: string) => ({ type: 'openai-compatible', base_url: `http://${name}/v1/` }) as const
const config: GatewayConfig = {
  providers: { one: provider('one'), two: provider('two'), far: { type: 'speka', api_key: 'k' } },
  models: {
    'acme/fast': { targets: [{ provider: 'one', model: 'fast-1' }, { provider: 'two' }], price: { input: '1' } },
    'acme/slow': { targets: [{ provider: 'two' }] },
    'acme/*': { targets: [{ provider: 'one' }] },
    'acme/b*': { targets: [{ provider: 'two', model: 'b' }] },
    'llama3.2:1b': { targets: [{ provider: 'one' }] },
    remote: { targets: [{ provider: 'far' }] },
    empty: { targets: [] },
    'speka/sandbox:503': { targets: [{ provider: 'one', model: 'mine' }] },
  },
  aliases: {
    quick: 'acme/fast',
    any: 'acme/zebra',
    sick: 'speka/sandbox:500',
    'acme/slow': 'acme/fast',
    lost: 'nowhere',
  },
}
const table = buildRoutingTable(config)
const still = { random: () => 0.5, monotonic: 0 }

const plan = (model: string, more: Partial<RouteQuestion> = {}, routing: RoutingConfig = {}): RoutePlan =>
  planRoute({ endpoint: 'chat', model, models: [], ...more }, table, routing, still)

const places = (targets: readonly Target[]): string[] =>
  targets.map(({ provider: name, upstreamModel, model }) => `${name} ${upstreamModel} as ${model}`)

function refusal(run: () => unknown): SpekaError {
  try {
    run()
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a model is found', () => {
  test.each([
    { by: 'its id', id: 'acme/fast', goes: ['one fast-1 as acme/fast', 'two acme/fast as acme/fast'] },
    { by: 'an alias', id: 'quick', goes: ['one fast-1 as acme/fast', 'two acme/fast as acme/fast'] },
    { by: 'its id before an alias of that name', id: 'acme/slow', goes: ['two acme/slow as acme/slow'] },
    { by: 'a glob', id: 'acme/apple', goes: ['one acme/apple as acme/apple'] },
    { by: 'the longest glob', id: 'acme/banana', goes: ['two b as acme/banana'] },
    { by: 'an alias for what a glob finds', id: 'any', goes: ['one acme/zebra as acme/zebra'] },
    { by: 'an id with a colon', id: 'llama3.2:1b', goes: ['one llama3.2:1b as llama3.2:1b'] },
    { by: "the sandbox's id", id: 'speka/sandbox', goes: ['sandbox speka/sandbox as speka/sandbox'] },
    {
      by: 'a fault of the sandbox',
      id: 'speka/sandbox:429x2',
      goes: ['sandbox speka/sandbox:429x2 as speka/sandbox:429x2'],
    },
    { by: 'its id before a fault of the sandbox', id: 'speka/sandbox:503', goes: ['one mine as speka/sandbox:503'] },
    { by: 'an alias for a fault of the sandbox', id: 'sick', goes: ['sandbox speka/sandbox:500 as speka/sandbox:500'] },
  ])('by $by', ({ id, goes }) => {
    expect(places(plan(id).targets)).toEqual(goes)
  })

  test('and keeps what the catalog knows of it when a glob makes it callable', () => {
    const all = buildRoutingTable({ ...config, models: { '*': { targets: [{ provider: 'one' }] } } })
    const found = all.find('meta/llama-3.1-8b-instruct')
    expect(found?.targets).toHaveLength(1)
    expect(found?.model).toMatchObject({ name: 'Llama 3.1 8B', prices: [{ source: 'published' }] })
    expect(all.find('nvidia/nv-embed-v1')?.model.endpoints).toEqual(['embeddings'])
  })
})

test('a place that the configuration names twice for a model is tried once', () => {
  const targets = ['one', 'two', 'one'].map((name) => ({ provider: name, model: 'm' }))
  const twice = buildRoutingTable({ ...config, models: { twice: { targets } } })
  const { targets: tried } = planRoute({ endpoint: 'chat', model: 'twice', models: [] }, twice, {}, still)
  expect(places(tried)).toEqual(['one m as twice', 'two m as twice'])
})

describe('a model is refused', () => {
  test.each([
    { id: 'acme-fast', code: 'model_not_found', says: 'Did you mean "acme/fast"' },
    { id: 'lost', code: 'model_not_found', says: 'No model is called "lost"' },
    { id: '', code: 'model_not_found', says: 'GET /v1/models' },
    { id: '../../v1/models', code: 'model_not_found', says: 'No model' },
    { id: '__proto__', code: 'model_not_found', says: 'No model' },
    { id: 'constructor', code: 'model_not_found', says: 'No model' },
    { id: 'Acme/Fast', code: 'model_not_found', says: 'No model' },
    { id: 'empty', code: 'model_not_found', says: 'Give it a target' },
    { id: 'nvidia/nv-embed-v1', code: 'wrong_endpoint', says: '/v1/embeddings' },
  ])('"$id": $code', ({ id, code, says }) => {
    const error = refusal(() => plan(id))
    expect(error).toMatchObject({ code, param: 'model' })
    expect(error.message).toContain(says)
  })

  test('with the keys that would switch it on, if the catalog knows them', () => {
    const nothing = buildRoutingTable({})
    const error = refusal(() =>
      planRoute({ endpoint: 'chat', model: 'deepseek-ai/deepseek-v4-pro', models: [] }, nothing, {}, still),
    )
    expect(error).toMatchObject({ code: 'model_not_found', status: 404 })
    expect(error.message).toContain('Set DEEPSEEK_API_KEY or NVIDIA_API_KEY')
  })

  test('without repeating a long or broken id', () => {
    const error = refusal(() => plan(`${'x'.repeat(10_000)}\ud800`))
    expect(error.message.length).toBeLessThan(300)
    expect(refusal(() => plan('\ud800')).message.isWellFormed()).toBe(true)
  })

  test.each(['acme/fast', 'quick', 'speka/sandbox:503'])('"%s" to a test key', (id) => {
    expect(refusal(() => plan(id, { sandboxOnly: true })).code).toBe('model_not_allowed')
  })

  test('to a key that may use others', () => {
    expect(refusal(() => plan('acme/fast', { allowedModels: ['meta/*'] }))).toMatchObject({
      code: 'model_not_allowed',
      status: 403,
    })
    expect(places(plan('quick', { allowedModels: ['acme/*'] }).targets)).toHaveLength(2)
    expect(refusal(() => plan('quick', { allowedModels: ['quick'] })).code).toBe('model_not_allowed')
  })

  test('to a key that may use other providers', () => {
    expect(refusal(() => plan('acme/slow', { allowedProviders: ['one', 'far'] }))).toMatchObject({
      code: 'model_not_allowed',
      status: 403,
      param: 'model',
      message: 'None of the providers that this key may use serves "acme/slow". It may use: one, far.',
    })
    expect(places(plan('quick', { allowedProviders: ['two'] }).targets)).toEqual(['two acme/fast as acme/fast'])
    const both = plan('acme/fast', { allowedProviders: ['one'], models: ['acme/slow'] })
    expect(places(both.targets)).toEqual(['one fast-1 as acme/fast'])
    expect(both.excluded).toMatchObject([{ model: 'acme/slow', rule: 'not_callable' }])
  })

  test('to a key that may ask for something else, whatever the model', () => {
    for (const model of ['acme/fast', 'nowhere'])
      expect(refusal(() => plan(model, { allowedEndpoints: ['embeddings', 'images'] }))).toMatchObject({
        code: 'endpoint_not_allowed',
        status: 403,
        message: 'This key may not use /v1/chat/completions (chat). It may use: embeddings, images.',
      })
    expect(plan('acme/fast', { allowedEndpoints: ['chat'] }).targets).toHaveLength(2)
  })
})

describe('fallbacks', () => {
  test('follow the model, those of the request before those of the configuration', () => {
    const routing = { fallbacks: { 'acme/fast': ['llama3.2:1b'] } }
    const { targets } = plan('acme/fast', { models: ['acme/slow'] }, routing)
    expect(targets.map(({ model }) => model)).toEqual(['acme/fast', 'acme/fast', 'acme/slow', 'llama3.2:1b'])
  })

  test.each([
    {
      by: 'the name that was asked for',
      routing: { fallbacks: { quick: ['acme/slow'], 'acme/fast': ['empty'], '*': ['empty'] } },
    },
    { by: 'the name behind an alias', routing: { fallbacks: { 'acme/fast': ['acme/slow'], '*': ['empty'] } } },
    { by: 'the star', routing: { fallbacks: { '*': ['acme/slow'] } } },
  ])('are found by $by', ({ routing }) => {
    expect(plan('quick', {}, routing).targets.at(-1)?.model).toBe('acme/slow')
  })

  test('that cannot be used are left out, with the reason', () => {
    const { targets, excluded } = plan('acme/fast', { models: ['nowhere', 'empty', 'nvidia/nv-embed-v1'] })
    expect(targets).toHaveLength(2)
    expect(excluded.map(({ model }) => model)).toEqual(['nowhere', 'empty', 'nvidia/nv-embed-v1'])
    expect(excluded.every(({ reason }) => reason.length > 10)).toBe(true)
  })

  test('are limited to what the key may use', () => {
    const question = { models: ['acme/slow', 'speka/sandbox'] }
    const routing = {
      context_window_fallbacks: { '*': ['acme/slow'] },
      content_policy_fallbacks: { '*': ['acme/slow'] },
    }
    const { targets, contextWindow, contentPolicy } = plan(
      'speka/sandbox:500',
      { ...question, sandboxOnly: true },
      routing,
    )
    expect(targets.map(({ model }) => model)).toEqual(['speka/sandbox:500', 'speka/sandbox'])
    expect([...contextWindow, ...contentPolicy]).toEqual([])
  })

  test('go to a gateway upstream by name, which is then the only target', () => {
    const { targets } = plan('remote', { models: ['acme/slow', 'its/own'] }, { fallbacks: { '*': ['more'] } })
    expect(targets).toHaveLength(1)
    expect(targets[0].fallbackModels).toEqual(['acme/slow', 'its/own', 'more'])
    expect(plan('remote').targets[0].fallbackModels).toBeUndefined()
  })

  test('go to a gateway upstream only as far as the key may use them', () => {
    const { targets } = plan('remote', { models: ['acme/slow', 'quick'], allowedModels: ['remote', 'acme/fast'] })
    expect(targets[0].fallbackModels).toEqual(['quick'])
    expect(plan('remote', { models: ['acme/slow'], allowedModels: ['remote'] }).targets[0].fallbackModels).toEqual([])
  })

  test('for names that every object has are none', () => {
    const all = buildRoutingTable({ ...config, models: { '*': { targets: [{ provider: 'one' }] } } })
    for (const model of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const routing = { fallbacks: { other: ['acme/slow'] } }
      expect(planRoute({ endpoint: 'chat', model, models: [] }, all, routing, still).targets).toHaveLength(1)
    }
  })
})

/** A call to plan for: a prompt of about `tokens` tokens. */
const call = (model: string, request: object = {}, facts: Partial<CallFacts> = {}, tokens = 5): RouteQuestion => {
  const messages = [{ role: 'user', content: 'word '.repeat(tokens) }]
  const made = writeChatCall(
    { model, messages, ...request },
    { id: mintRequestId(0), receivedAt: Date.UTC(2027, 0, 1), ...facts },
  )
  return { endpoint: 'chat', model, models: made.outline.models ?? [], call: made }
}
const planned = (question: RouteQuestion, routing: RoutingConfig = {}, of = table): RoutePlan =>
  planRoute(question, of, routing, still)
const providersOf = ({ targets }: RoutePlan): string[] => targets.map(({ provider: name }) => name)

describe('what a request prefers', () => {
  test.each([
    ['an order', { order: ['two'] }, ['two', 'one'], []],
    ['an order with names nobody knows', { order: ['zzz', 'two'] }, ['two', 'one'], []],
    ['only one', { only: ['two'] }, ['two'], ['only']],
    ['all but one', { ignore: ['one'] }, ['two'], ['ignore']],
    ['no fallbacks', { allow_fallbacks: false }, ['one'], ['no_fallbacks']],
    ['no fallbacks, in an order', { allow_fallbacks: false, order: ['two'] }, ['two'], ['no_fallbacks']],
  ])('%s', (_, preferences, goes, rules) => {
    const plan = planned(call('acme/fast', { provider: preferences }))
    expect(providersOf(plan)).toEqual(goes)
    expect(plan.excluded.map(({ rule }) => rule)).toEqual(rules)
  })

  test.each([
    ['a price it can have', { max_price: { prompt: 1 } }, 2],
    ['a price it cannot have for what does not apply', { max_price: { completion: '0.000001' } }, 2],
  ])('%s', (_, preferences, targets) => {
    expect(planned(call('acme/fast', { provider: preferences })).targets).toHaveLength(targets)
  })

  test.each([
    ['a price below the model', 'acme/fast', { max_price: { prompt: '0.999999' } }, 'its input costs 1 USD'],
    ['a price where there is none', 'acme/slow', { max_price: { prompt: 5 } }, 'it has no price'],
    ['providers that do not serve it', 'acme/fast', { only: ['three'] }, 'provider.only names "three"'],
  ])('%s: refused, with the reason for each candidate', (_, model, preferences, says) => {
    const error = refusal(() => planned(call(model, { provider: preferences })))
    expect(error).toMatchObject({ code: 'no_matching_target', status: 404, param: 'provider' })
    expect(error.message).toContain(says)
    expect(error.message).toContain(`"${model}" at "`)
  })

  test('a suffix stands for a sort, unless an id has it', () => {
    const routing = { weights: { 'acme/fast': { one: 0 } }, strategy: 'weighted' } as const
    expect(planned(call('acme/fast:floor'), routing)).toMatchObject({ strategy: 'price' })
    expect(planned(call('acme/fast:nitro'), routing)).toMatchObject({ strategy: 'throughput' })
    expect(providersOf(planned(call('acme/fast'), routing))).toEqual(['two', 'one'])
    expect(refusal(() => planned(call('nobody:floor'))).code).toBe('model_not_found')
    const named = buildRoutingTable({
      ...config,
      models: { ...config.models, 'x:floor': { targets: [{ provider: 'two' }] } },
    })
    expect(planned(call('x:floor'), {}, named)).toMatchObject({ strategy: 'ordered', targets: [{ model: 'x:floor' }] })
  })

  test('a session stays where it was, unless the request says otherwise', () => {
    const where = { ...still, sessionPlace: 'two\nacme/fast' }
    expect(providersOf(planRoute(call('acme/fast'), table, {}, where))).toEqual(['two', 'one'])
    const ordered = call('acme/fast', { provider: { order: ['one'] } })
    expect(providersOf(planRoute(ordered, table, {}, where))).toEqual(['one', 'two'])
    expect(providersOf(planRoute(call('acme/fast'), table, {}, { ...still, sessionPlace: 'gone\nx' }))).toEqual([
      'one',
      'two',
    ])
  })
})

const limit = (usd: string) => ({ maxCost: parseUsd(usd) })

describe('a limit of cost', () => {
  test('lets through what stays below it, however long the answer', () => {
    expect(planned(call('acme/fast', { max_tokens: 10 }, limit('1'))).targets).toHaveLength(2)
  })

  test.each([
    ['a prompt that alone costs more', call('acme/fast', {}, limit('0.00001'), 1000), 'it may cost'],
    ['a model without a price', call('acme/slow', {}, limit('10')), 'what it costs is not known'],
  ])('refuses %s before anybody is asked', (_, question, says) => {
    const error = refusal(() => planned(question))
    expect(error).toMatchObject({ code: 'cost_limit_exceeded', status: 402, retry: false })
    expect(error.message).toContain(says)
  })
})

const modelsOf = ({ targets }: RoutePlan): string[] => targets.map(({ model }) => model)

describe('a prompt that is too long', () => {
  const sized = buildRoutingTable({
    ...config,
    models: {
      small: { targets: [{ provider: 'one' }], context_window: 100 },
      large: { targets: [{ provider: 'two' }], context_window: 10_000 },
    },
  })
  test('is not sent where it will not fit, if it may fit elsewhere', () => {
    const routing = { context_window_fallbacks: { small: ['large'] } }
    const plan = planned(call('small', {}, {}, 400), routing, sized)
    expect(modelsOf(plan)).toEqual(['large'])
    expect(plan.excluded).toMatchObject([{ model: 'small', rule: 'context_window' }])
    expect(modelsOf(planned(call('small', { models: ['large'] }, {}, 400), {}, sized))).toEqual(['large'])
  })

  test('counts the answer that was asked for', () => {
    const routing = { context_window_fallbacks: { small: ['large'] } }
    expect(modelsOf(planned(call('small', { max_tokens: 99 }), routing, sized))).toEqual(['large'])
    expect(modelsOf(planned(call('small', { max_tokens: 10 }), routing, sized))).toEqual(['small'])
  })

  test('is sent all the same where nothing better is known', () => {
    expect(modelsOf(planned(call('small', {}, {}, 400), {}, sized))).toEqual(['small'])
    expect(modelsOf(planned(call('large', {}, {}, 40_000), {}, sized))).toEqual(['large'])
  })
})

describe('targets that fail at present', () => {
  const fails = { class: 'transient', mayBeBilled: false, message: 'broke' } as const
  const outcome = { failure: fails, firstOutputMs: undefined, durationMs: 1, outputTokens: undefined }
  const breaking = (names: Readonly<Record<string, number>>) => {
    const health = new HealthBook()
    const made = buildRoutingTable(config, health)
    for (const target of made.find('acme/fast')?.targets ?? []) {
      for (let time = 0; time < 5; time += 1) target.health.end(names[target.provider] ?? 0, outcome)
      if (names[target.provider] === undefined) target.health.end(0, { ...outcome, failure: undefined })
    }
    return made
  }

  test('are left out while another works', () => {
    const plan = planned(call('acme/fast'), {}, breaking({ one: 0 }))
    expect(providersOf(plan)).toEqual(['two'])
    expect(plan.excluded).toMatchObject([{ provider: 'one', rule: 'circuit_open' }])
  })

  test('give way to a fallback that works', () => {
    const plan = planned(call('acme/fast', { models: ['llama3.2:1b'] }), {}, breaking({ one: 0, two: 0 }))
    expect(plan.targets.map(({ model }) => model)).toEqual(['llama3.2:1b'])
  })

  test('if all do, the one whose rest ends first is tried, alone', () => {
    expect(providersOf(planned(call('acme/fast'), {}, breaking({ one: -100, two: -500 })))).toEqual(['two'])
  })

  test('are known after a reload', () => {
    const health = new HealthBook()
    const [before] = buildRoutingTable(config, health).find('acme/fast')?.targets ?? []
    const [after] = buildRoutingTable(config, health).find('acme/fast')?.targets ?? []
    expect(before?.health).toBe(after?.health)
  })
})

const ids = fc.constantFrom(
  'acme/fast',
  'acme/slow',
  'quick',
  'acme/x',
  'llama3.2:1b',
  'speka/sandbox',
  'speka/sandbox:500',
  'remote',
  'empty',
  'nowhere',
)

test('a plan never has a target twice, nor one that is not allowed', () => {
  const question = fc.record({
    model: ids,
    models: fc.array(ids, { maxLength: 6 }),
    sandboxOnly: fc.boolean(),
    allowedModels: fc.option(fc.array(fc.constantFrom('*', 'acme/*', 'speka/*', 'remote')), { nil: undefined }),
    allowedProviders: fc.option(fc.array(fc.constantFrom('one', 'two', 'far', 'sandbox')), { nil: undefined }),
  })
  const routing = fc.record({
    fallbacks: fc.dictionary(fc.oneof(ids, fc.constant('*')), fc.array(ids, { maxLength: 3 })),
  })
  fc.assert(
    fc.property(question, routing, (asked, lists) => {
      let made: RoutePlan
      try {
        made = plan(asked.model, asked, lists)
      } catch (error) {
        expect(SpekaError.is(error)).toBe(true)
        return
      }
      const { targets } = made
      const twice = targets.filter((target, at) => targets.findIndex((other) => samePlace(other, target)) !== at)
      expect(twice).toEqual([])
      for (const { model, adapter, provider } of targets) {
        if (asked.allowedProviders !== undefined) expect(asked.allowedProviders).toContain(provider)
        if (asked.sandboxOnly) expect(adapter.type).toBe('sandbox')
        if (asked.allowedModels?.includes('*') === false) {
          expect(asked.allowedModels).toContain(model === 'remote' ? 'remote' : `${model.split('/')[0]}/*`)
        }
      }
    }),
  )
})

describe('the table', () => {
  test('leaves no slash at the end of an address', () => {
    expect(plan('acme/slow').targets[0].upstream.origin).toBe('http://two/v1')
  })

  test('serves a shipped model by its lab, then by NVIDIA, as far as there are keys', () => {
    const providers = {
      nv: { type: 'nvidia', api_key: 'a' },
      lab: { type: 'deepseek', api_key: 'b' },
      m: { type: 'mistral' },
    } as const
    const shipped = buildRoutingTable({ providers })
    expect(places(shipped.find('deepseek-ai/deepseek-v4-pro')?.targets ?? [])).toEqual([
      'lab deepseek-v4-pro as deepseek-ai/deepseek-v4-pro',
      'nv deepseek-ai/deepseek-v4-pro as deepseek-ai/deepseek-v4-pro',
    ])
    expect(shipped.find('mistralai/mistral-large-3-675b-instruct-2512')?.targets).toHaveLength(1)
  })

  test.each([
    ['a target at a provider that is not there', { models: { a: { targets: [{ provider: 'zzz' }] } } }, 'zzz'],
    ['a price that is no number', { models: { a: { price: { input: '1e3' } } } }, '1e3'],
    ['a provider without an address', { providers: { v: { type: 'vllm' } } }, 'base_url'],
    ['an address that is none', { providers: { v: { type: 'vllm', base_url: 'my host' } } }, 'my host'],
  ] as const)('is not built from %s', (_, wrong, says) => {
    expect(() => buildRoutingTable(wrong as unknown as GatewayConfig)).toThrow(says)
    expect(() => buildRoutingTable(wrong as unknown as GatewayConfig)).toThrow(RangeError)
  })

  test('lists a model with its price and its providers', () => {
    const fast = table.models.find(({ model }) => model.id === 'acme/fast')
    expect(fast && modelEntry(fast, 0)).toMatchObject({
      id: 'acme/fast',
      object: 'model',
      owned_by: 'acme',
      endpoint: 'chat',
      pricing: { currency: 'USD', input_per_1m: '1', source: 'config' },
      providers: ['one', 'two'],
    })
  })
})

describe('what goes on with something that is kept', () => {
  const many = buildRoutingTable({
    providers: {
      first: { type: 'openai', api_key: ['k1', 'k2'] },
      second: { type: 'openai', api_key: 'k1' },
    },
    models: {
      m: { targets: [{ provider: 'second' }, { provider: 'first' }] },
      n: { targets: [{ provider: 'second' }] },
    },
  })
  const seal = new IdSeal(Buffer.from('a pepper for tests'))
  const keptAt = (provider: string, credential: string) =>
    seal.open('resp', '', seal.seal('resp', '', { provider, credential, id: 'resp_1' }))
  const goingOn = (provider: string, credential: string) => ({
    ...writeChatCall(
      { model: 'm', messages: [{ role: 'user', content: 'x' }] },
      { id: mintRequestId(0), receivedAt: 0 },
    ),
    keptAt: keptAt(provider, credential),
  })
  const ask = (provider: string, credential: string, models: string[] = [], routing: RoutingConfig = {}): RoutePlan =>
    planRoute({ endpoint: 'chat', model: 'm', models, call: goingOn(provider, credential) }, many, routing, still)

  test('goes to its provider with its key, and to nobody else', () => {
    const { targets, contextWindow, contentPolicy } = ask('first', 'k2', ['n'], {
      fallbacks: { m: ['n'] },
      context_window_fallbacks: { m: ['n'] },
      content_policy_fallbacks: { m: ['n'] },
      hedge: { m: { after_ms: 1 } },
    })
    expect(places(targets)).toEqual(['first m as m'])
    expect([targets[0].upstream.credential, targets[0].keys.credentials]).toEqual(['k2', ['k2']])
    expect([contextWindow, contentPolicy]).toEqual([[], []])
  })

  test.each([
    { where: 'a provider that does not serve the model', provider: 'third', credential: 'k1' },
    { where: 'a key that is the provider’s no longer', provider: 'first', credential: 'k3' },
    { where: 'another provider’s key', provider: 'second', credential: 'k2' },
  ])('is not found at $where', ({ provider, credential }) => {
    expect(refusal(() => ask(provider, credential))).toMatchObject({
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
  })
})

const without = (...isolated: string[]) => ({ ...still, isolated: new Set(isolated) })

describe('a provider that the operator has taken out', () => {
  const asked = { endpoint: 'chat', model: 'acme/fast', models: ['acme/slow'] } as const

  test('is not asked, and it is said why', () => {
    const { targets, excluded } = planRoute(asked, table, {}, without('one'))
    expect(places(targets)).toEqual(['two acme/fast as acme/fast', 'two acme/slow as acme/slow'])
    expect(excluded).toEqual([
      { model: 'acme/fast', provider: 'one', rule: 'isolated', reason: 'the operator has taken it out' },
    ])
  })

  test('is nobody’s fault when it was the last', () => {
    const error = refusal(() => planRoute({ ...asked, models: [] }, table, {}, without('one', 'two')))
    expect([error.code, error.status]).toEqual(['no_healthy_target', 503])
    expect(error.message).toContain('"acme/fast" at "two": the operator has taken it out')
  })
})
