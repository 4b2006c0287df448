import { languages } from './code-of.ts'
import { readSettings, requestOf, writeSettings, type Prompt, type Settings } from './playground-form.ts'

const prompt: Prompt = { system: '', user: "What's up?", tools: '' }
const settings = (said: Record<string, string> = {}): Settings => readSettings(said)

test('what the address says is what it will say again', () => {
  const said = { tab: 'images', models: 'a/b c/d:e', temperature: '0.5', max_tokens: '9', json: 'on', key_id: 'key_1' }
  expect(writeSettings(settings(said))).toEqual(said)
  expect(settings({ models: 'a b c d e f' }).models).toHaveLength(4)
  expect(settings({ tab: 'nonsense' })).toMatchObject({ kind: 'chat', models: ['speka/sandbox'] })
})

test('a request has what was said, and nothing else', () => {
  expect(requestOf(settings(), prompt)).toEqual({ body: { messages: [{ role: 'user', content: "What's up?" }] } })
  const tool = { type: 'function', function: { name: 'weather' } }
  const full = requestOf(settings({ temperature: '0', max_tokens: '5', json: 'on' }), {
    ...prompt,
    system: 'Be brief.',
    tools: JSON.stringify(tool),
  })
  expect(full).toMatchObject({
    body: {
      messages: [{ role: 'system' }, { role: 'user' }],
      temperature: 0,
      max_tokens: 5,
      response_format: { type: 'json_object' },
      tools: [tool],
    },
  })
})

test.each([
  { said: { temperature: '3' }, typed: {}, field: 'temperature' },
  { said: { temperature: 'hot' }, typed: {}, field: 'temperature' },
  { said: { max_tokens: '0' }, typed: {}, field: 'maxTokens' },
  { said: { max_tokens: '1.5' }, typed: {}, field: 'maxTokens' },
  { said: {}, typed: { tools: '{' }, field: 'tools' },
  { said: {}, typed: { tools: '"weather"' }, field: 'tools' },
  { said: {}, typed: { user: '  ' }, field: 'user' },
])('$said and $typed are told of at the field $field', ({ said, typed, field }) => {
  expect(requestOf(settings(said), { ...prompt, ...typed })).toEqual({ faults: { [field]: expect.any(String) } })
})

describe('the same request in a program', () => {
  const baseUrl = 'http://localhost:7735/v1'
  const body = { model: 'a/b', messages: [{ role: 'user', content: "What's up?" }], temperature: 0.5, stop: null }
  const code = (language: string, asked: object = {}) =>
    languages[language]?.({ kind: 'chat', body, baseUrl, ...asked }) ?? ''

  test.each(Object.keys(languages))('names where the gateway is, and no key: %s', (language) => {
    expect(code(language)).toContain(baseUrl)
    expect(code(language)).not.toContain('sk-speka')
  })

  test('is quoted for a shell, and is Python where it has to be', () => {
    expect(code('curl')).toContain(`"content": "What'\\''s up?"`)
    expect(code('Python')).toContain('    stop=None,\n')
    expect(code('Python')).toContain(`{"role": "user", "content": "What's up?"},`)
  })

  test('is not there where a program has no such thing', () => {
    expect(languages['LangChain']?.({ kind: 'images', body, baseUrl })).toBeUndefined()
  })
})
