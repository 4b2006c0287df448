import { readFileSync } from 'node:fs'
import { answerTo, translate } from '../run-provider.contract.ts'
import { Sees } from '../provider.ts'
import { gemini } from './gemini.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

test('each call of a stream comes whole, under an id of its own, with its signature', () => {
  const chunks = translate(gemini, [Buffer.from(fixture('tools.sse'))]).chunks()
  const calls = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  const id = expect.stringMatching(/^call_[0-9a-f]{32}[01]$/)
  expect(calls).toEqual([
    {
      index: 0,
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
      extra_content: { google: { thought_signature: 'EpEgCo4g' } },
    },
    { index: 1, id, type: 'function', function: { name: 'get_time', arguments: '{}' } },
    { index: 2, id: 'fc-1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
  ])
  expect(new Set(calls.map((call) => call.id)).size).toBe(3)
})

test('signatures of a whole answer stand at its message and its calls', () => {
  const { body } = answerTo(gemini, fixture('response.json'))
  const { choices } = JSON.parse(Buffer.from(body).toString())
  expect(choices[0].message).toMatchObject({
    extra_content: { google: { thought_signature: 'EswFCskF' } },
    tool_calls: [{ extra_content: { google: { thought_signature: 'EpEgCo4g' } } }, { id: 'fc-2' }],
  })
})

test('the signature of a text comes after it', () => {
  const chunks = translate(gemini, [Buffer.from(fixture('text.sse'))]).chunks()
  expect(chunks.at(-2)?.choices[0]?.delta).toEqual({ extra_content: { google: { thought_signature: 'EqsFCqgFAb4' } } })
})

test.each(['text.sse', 'tools.sse', 'two-candidates.sse'])(
  '%s cut off before its last event is not finished',
  (name) => {
    const events = fixture(name).split(/(?<=\r\n\r\n)/)
    for (let count = 0; count < events.length; count += 1) {
      const { sees } = translate(gemini, [Buffer.from(events.slice(0, count).join(''))])
      expect(sees & (Sees.Finish | Sees.Done)).toBe(0)
    }
  },
)

test('what was used is known before the end, should it never come', () => {
  const events = fixture('text.sse').split(/(?<=\r\n\r\n)/)
  const { facts } = translate(gemini, [Buffer.from(events.slice(0, 2).join(''))])
  expect(facts.usage).toMatchObject({ inputTokens: 9, outputTokens: 190 })
})
