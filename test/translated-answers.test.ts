import { readdirSync, readFileSync } from 'node:fs'
import { anthropic } from '../packages/core/src/providers/anthropic/anthropic.ts'
import { gemini } from '../packages/core/src/providers/gemini/gemini.ts'
import { openAICompatible } from '../packages/core/src/providers/openai-compatible/openai-compatible.ts'
import { answerTo, translate } from '../packages/core/src/providers/run-provider.contract.ts'
import { join, splice } from '../packages/core/src/bytes/splice.ts'
import { conforms } from './support/conformance/conforms.ts'

const fixture = (path: string): string =>
  readFileSync(new URL(`../packages/core/src/providers/${path}`, import.meta.url), 'utf8')

test.each([
  { provider: anthropic, path: 'anthropic/__fixtures__/message.json' },
  { provider: gemini, path: 'gemini/__fixtures__/response.json' },
])("what becomes of $path is OpenAI's chat completion", ({ provider, path }) => {
  conforms('chat completion', JSON.parse(Buffer.from(answerTo(provider, fixture(path)).body).toString()))
})

test.each([
  ...['text', 'tools', 'thinking', 'compatible', 'refusal'].map((name) => ({
    provider: anthropic,
    path: `anthropic/__fixtures__/${name}.sse`,
  })),
  ...['text', 'tools', 'two-candidates'].map((name) => ({ provider: gemini, path: `gemini/__fixtures__/${name}.sse` })),
])("what becomes of $path is OpenAI's chunks", ({ provider, path }) => {
  const chunks = translate(provider, [Buffer.from(fixture(path))]).chunks()
  expect(chunks.length).toBeGreaterThan(2)
  for (const chunk of chunks) conforms('chat completion chunk', chunk)
})

describe('what becomes of replies that are OpenAI’s but for this and that', () => {
  const provider = openAICompatible('openai-compatible')
  const folder = 'openai-compatible/__fixtures__'
  const names = readdirSync(new URL(`../packages/core/src/providers/${folder}`, import.meta.url))
  const named = (end: string): string[] => names.filter((name) => name.endsWith(end) && !name.includes('error'))

  test.each(named('.json'))('%s is OpenAI’s in full', (name) => {
    const { body, edits, usageAt, usageJson } = answerTo(provider, fixture(`${folder}/${name}`))
    const usage = usageAt === undefined ? [] : [{ ...usageAt, text: JSON.stringify(usageJson) }]
    conforms('chat completion', JSON.parse(join(splice(body, [...edits, ...usage])).toString()))
  })

  test.each(named('.sse'))('%s is OpenAI’s in full', (name) => {
    const chunks = translate(provider, [Buffer.from(fixture(`${folder}/${name}`))]).chunks()
    expect(chunks.length).toBeGreaterThan(1)
    for (const chunk of chunks) conforms('chat completion chunk', chunk)
  })
})
