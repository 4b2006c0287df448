import { SpekaError } from '../../errors.ts'
import { readFormFields, writeFormFields } from './form-fields.ts'

const read = (fields: readonly (readonly [string, string])[]) =>
  readFormFields(
    fields.map(([name, value]) => ({ name, value })),
    { temperature: 'number' },
  )

test('the texts of a form are read as what they stand for', () => {
  expect(
    read([
      ['model', 'a'],
      ['temperature', '0.20'],
      ['stream', 'True'],
      ['provider', '{"only":["x"]}'],
      ['models[]', 'b'],
      ['models[]', 'c'],
      ['timestamp_granularities[]', 'word'],
      ['chunking_strategy[type]', 'server_vad'],
      ['chunking_strategy[threshold]', '0.5'],
      ['prompt', '{"not":"read"}'],
    ]),
  ).toEqual({
    model: 'a',
    temperature: 0.2,
    stream: true,
    provider: { only: ['x'] },
    models: ['b', 'c'],
    timestamp_granularities: ['word'],
    chunking_strategy: { type: 'server_vad', threshold: '0.5' },
    prompt: '{"not":"read"}',
  })
})

test.each([
  [[['temperature', 'warm']], 'temperature'],
  [[['temperature', '']], 'temperature'],
  [[['stream', 'perhaps']], 'stream'],
  [[['provider', '{']], 'provider'],
  [
    [
      ['language', 'de'],
      ['language', 'en'],
    ],
    'language',
  ],
  [[['__proto__[]', 'a']], undefined],
  [[['a[__proto__]', 'a']], undefined],
] as const)('%j is refused by name', (fields, param) => {
  expect(() => read(fields)).toThrow(SpekaError)
  expect(() => read(fields)).toThrow(expect.objectContaining({ status: 400, param }))
})

test('what is written is read as it was', () => {
  const fields = {
    model: 'a',
    stream: true,
    temperature: 0.5,
    include: ['logprobs'],
    chunking_strategy: { type: 'server_vad' },
    provider: { only: ['x'] },
    models: ['b', 'c'],
    metadata: { a: 'b' },
  }
  const written = writeFormFields({ ...fields, left: undefined, empty: null })
  expect(readFormFields(written, { temperature: 'number' })).toEqual(fields)
})
