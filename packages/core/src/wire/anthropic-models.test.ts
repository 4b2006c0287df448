import { anthropicModel, anthropicPage, isForMessages } from './anthropic-models.ts'
import type { ModelEntry } from './models.ts'

const model = (id: string, more: Partial<ModelEntry> = {}): ModelEntry => ({
  id,
  object: 'model',
  created: 0,
  owned_by: 'us',
  name: id.toUpperCase(),
  endpoint: 'chat',
  endpoints: ['chat'],
  providers: [],
  ...more,
})
const models = ['a', 'b', 'c', 'd', 'e'].map((id) => model(id))
const page = (query: string) => anthropicPage(models, new URLSearchParams(query))
const ids = (query: string): string[] => page(query).data.map(({ id }) => id)

test('a model has its name, and as many tokens of input as its window takes', () => {
  expect(anthropicModel(model('a', { context_window: 200_000 }))).toEqual({
    type: 'model',
    id: 'a',
    display_name: 'A',
    created_at: '1970-01-01T00:00:00.000Z',
    max_input_tokens: 200_000,
    max_tokens: null,
    capabilities: null,
  })
})

test('only what answers chat can be asked for a message', () => {
  expect([model('a'), model('b', { endpoints: ['embeddings'] })].map(isForMessages)).toEqual([true, false])
})

test.each([
  { query: '', shown: ['a', 'b', 'c', 'd', 'e'], more: false },
  { query: 'limit=2', shown: ['a', 'b'], more: true },
  { query: 'limit=2&after_id=b', shown: ['c', 'd'], more: true },
  { query: 'limit=2&after_id=d', shown: ['e'], more: false },
  { query: 'after_id=e', shown: [], more: false },
  { query: 'limit=2&before_id=d', shown: ['b', 'c'], more: true },
  { query: 'limit=2&before_id=b', shown: ['a'], more: false },
  { query: 'limit=1000&after_id=', shown: ['a', 'b', 'c', 'd', 'e'], more: false },
])('the page of "$query" is $shown', ({ query, shown, more }) => {
  expect(ids(query)).toEqual(shown)
  expect(page(query)).toMatchObject({
    has_more: more,
    first_id: shown[0] ?? null,
    last_id: shown.at(-1) ?? null,
  })
})

test.each(['limit=0', 'limit=1001', 'limit=1.5', 'limit=', 'limit=x', 'after_id=z', 'after_id=a&before_id=b'])(
  'the page of "%s" is refused',
  (query) => {
    expect(() => page(query)).toThrow(expect.objectContaining({ code: 'invalid_value' }))
  },
)
