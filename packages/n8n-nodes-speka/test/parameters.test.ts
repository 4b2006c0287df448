import { normaliseBaseUrl } from '../nodes/shared/base-url.ts'
import { fallbackIdsIn, modelIdIn } from '../nodes/shared/fields/model-field.ts'
import { labelOf, modelsFor } from '../nodes/shared/model-search.ts'
import { readJson, readJsonObject } from '../nodes/shared/read-json.ts'
import { readSchema } from '../nodes/shared/read-schema.ts'
import { readTools } from '../nodes/shared/read-tools.ts'
import { requestMetadata } from '../nodes/shared/request-metadata.ts'
import { imageType } from '../nodes/Speka/image-type.ts'
import { parseAnswer } from '../nodes/Speka/chat/output-format.ts'
import { fakeContext } from './context.fake.ts'

const { context } = fakeContext({ parameters: {} })
const place = { node: context.getNode(), itemIndex: 3 }

const addresses = [
  ['https://speka.me/v1', 'https://speka.me/v1'],
  ['https://speka.me/v1/', 'https://speka.me/v1'],
  [' https://speka.me/v1// ', 'https://speka.me/v1'],
  ['http://127.0.0.1:7735', 'http://127.0.0.1:7735/v1'],
  ['http://127.0.0.1:7735/', 'http://127.0.0.1:7735/v1'],
  ['https://example.com/gateway/v1', 'https://example.com/gateway/v1'],
] as const

test.each(addresses)('the Base URL %j is %j', (given, meant) => {
  expect(normaliseBaseUrl(given)).toBe(meant)
})

test.each(['', undefined, 42, 'speka.me/v1', 'ftp://speka.me', 'http://', 'https://x.test/v1?key=1'])(
  'the Base URL %j is refused',
  (given) => {
    expect(() => normaliseBaseUrl(given)).toThrow('The Base URL of the credential')
  },
)

test.each([
  { locator: { mode: 'list', value: ' a/b ' }, id: 'a/b' },
  { locator: 'a/b', id: 'a/b' },
  { locator: { mode: 'id', value: undefined }, id: '' },
  { locator: null, id: '' },
])('the model in $locator is "$id"', ({ locator, id }) => {
  expect(modelIdIn(locator)).toBe(id)
  expect(fallbackIdsIn({ models: [{ model: locator }] })).toEqual(id === '' ? [] : [id])
})

test.each([undefined, {}, { models: 'x' }])('no fallbacks are in %j', (parameter) => {
  expect(fallbackIdsIn(parameter)).toEqual([])
})

describe('JSON', () => {
  test('is read from text, or taken as an expression made it', () => {
    expect(readJson('{"a": 1}', 'X', place)).toEqual({ a: 1 })
    expect(readJson({ a: 1 }, 'X', place)).toEqual({ a: 1 })
    expect([undefined, null, ' '].map((value) => readJson(value, 'X', place))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('that is none is refused, with the item', () => {
    expect(() => readJson("{'a': 1}", 'X', place)).toThrow(
      expect.objectContaining({
        message: '"X" is not valid JSON.',
        context: expect.objectContaining({ itemIndex: 3 }),
      }),
    )
  })

  test.each(['[]', '"a"', '1', 'null'])('that is no object is refused where one is needed: %s', (text) => {
    expect(() => readJsonObject(text, 'X', place)).toThrow('"X" must be a JSON object.')
  })
})

describe('a JSON schema', () => {
  test.each([
    { type: 'object', properties: { a: { type: ['string', 'null'] }, b: { $ref: '#/$defs/b' } }, $defs: { b: true } },
    {
      anyOf: [
        { type: 'string', enum: ['a'] },
        { type: 'array', items: { type: 'number' } },
      ],
    },
    {},
  ])('passes: %j', (schema) => {
    expect(readSchema(schema, 'X', place)).toEqual(schema)
  })

  test.each([
    ['', 'It is empty'],
    [{ type: 'objct' }, '"type" must be one of'],
    [{ type: 'object', properties: [] }, '"properties" must be an object of schemas'],
    [{ type: 'object', properties: { a: 'string' } }, '"properties.a" must be a schema'],
    [
      { type: 'object', properties: { a: { type: 'array', items: { type: 'text' } } } },
      '"properties.a.items.type" must be',
    ],
    [{ required: 'a' }, '"required" must be a list of names'],
    [{ enum: 'a' }, '"enum" must be a list'],
    [{ anyOf: {} }, '"anyOf" must be a list of schemas'],
    [{ anyOf: [{ type: 'x' }] }, '"anyOf[0].type" must be'],
  ])('is refused where it is wrong: %j', (schema, complaint) => {
    expect(() => readSchema(schema, 'X', place)).toThrow(
      expect.objectContaining({
        message: '"X" is not a JSON schema.',
        description: expect.stringContaining(complaint),
      }),
    )
  })
})

describe('tools', () => {
  const wanted = [
    { type: 'function', function: { name: 'look', description: 'Looks', parameters: { type: 'object' } } },
  ]

  test.each([
    { given: wanted },
    { given: JSON.stringify(wanted) },
    { given: [{ name: 'look', description: 'Looks', parameters: { type: 'object' } }] },
    { given: { name: 'look', description: 'Looks', parameters: { type: 'object' } } },
  ])('come as OpenAI spells them, or in short: $given', ({ given }) => {
    expect(readTools(given, 'Tools', place)).toEqual(wanted)
  })

  test.each(['', '[]', undefined])('may be none: %j', (given) => {
    expect(readTools(given, 'Tools', place)).toBeUndefined()
  })

  test.each([[[{ description: 'x' }]], [[{ name: 'two words' }]], ['"look"'], [[{ name: 'x'.repeat(65) }]], [[null]]])(
    'need a proper name: %j',
    (given) => {
      expect(() => readTools(given, 'Tools', place)).toThrow('Tool 1 of "Tools" has no proper name.')
    },
  )

  test('need parameters that are a schema', () => {
    expect(() => readTools([{ name: 'look', parameters: { type: 'x' } }], 'Tools', place)).toThrow(
      '"Tools: look" is not a JSON schema.',
    )
  })
})

describe('metadata', () => {
  test('says where a request comes from, and what was added', () => {
    expect(requestMetadata(context, [{ name: ' a ', value: 1 }, { name: '' }], place)).toEqual({
      n8n_workflow_id: 'w1',
      n8n_workflow_name: 'A workflow',
      n8n_execution_id: expect.stringMatching(/^fake-/),
      n8n_node: 'Speka',
      a: '1',
    })
  })

  test('has room for twelve pairs', () => {
    expect(Object.keys(requestMetadata(context, pairs(12), place))).toHaveLength(16)
    expect(() => requestMetadata(context, pairs(13), place)).toThrow('too much metadata')
  })

  test.each([
    { name: 'x'.repeat(65), value: '' },
    { name: 'a', value: 'x'.repeat(513) },
  ])('is refused when it is too long', (pair) => {
    expect(() => requestMetadata(context, [pair], place)).toThrow('is too long')
  })
})

describe('the list of models', () => {
  const entry = { object: 'model' as const, created: 0, owned_by: 'x', providers: [] }
  const models = [
    {
      ...entry,
      id: 'speka/sandbox',
      name: 'Sandbox',
      endpoint: 'chat' as const,
      endpoints: ['chat', 'images'] as const,
    },
    {
      ...entry,
      id: 'b/big',
      name: 'Big',
      endpoint: 'chat' as const,
      endpoints: ['chat'] as const,
      context_window: 1_048_576,
      pricing: { currency: 'USD' as const, source: 'config' as const, input_per_1m: '0.2', output_per_1m: '0.6' },
    },
    {
      ...entry,
      id: 'a/draws',
      endpoint: 'images' as const,
      endpoints: ['images'] as const,
      pricing: { currency: 'USD' as const, source: 'config' as const, per_image: '0.005' },
    },
  ]

  test('shows what fits, with price and context, the sandbox last', () => {
    expect(modelsFor(models, 'chat')).toEqual([
      { name: 'Big · $0.20 in, $0.60 out per 1M · 1M', value: 'b/big' },
      { name: 'Sandbox · price unknown', value: 'speka/sandbox' },
    ])
    expect(modelsFor(models, 'images').map(({ value }) => value)).toEqual(['a/draws', 'speka/sandbox'])
    expect(modelsFor(models, undefined)).toHaveLength(3)
  })

  test('is searched by every word of the filter', () => {
    expect(modelsFor(models, 'chat', 'BIG 1m').map(({ value }) => value)).toEqual(['b/big'])
    expect(modelsFor(models, 'chat', 'big small')).toEqual([])
  })

  test('says what an image costs', () => {
    expect(models.slice(2).map((model) => labelOf(model, 'images'))).toEqual(['a/draws · $0.005 an image'])
  })
})

test.each([
  ['\u0089PNG\r\n', 'image/png'],
  ['\u00ff\u00d8\u00ff\u00e0', 'image/jpeg'],
  ['GIF89a', 'image/gif'],
  ['RIFF\u0000\u0000\u0000\u0000WEBPVP8 ', 'image/webp'],
  ['<svg xmlns=""/>', 'image/svg+xml'],
  ['', 'image/png'],
])('an image that begins with %j is %s', (head, mimeType) => {
  expect(imageType(Buffer.from(head, 'latin1')).mimeType).toBe(mimeType)
})

test.each([
  ['{"a": 1}', { a: 1 }],
  ['```json\n{"a": 1}\n```', { a: 1 }],
  [' [1] ', [1]],
  ['Sure! {"a": 1}', null],
  [undefined, null],
])('the data in %j is %j', (text, data) => {
  expect(parseAnswer(text)).toEqual(data)
})

const pairs = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `n${n}`, value: 'x' }))
