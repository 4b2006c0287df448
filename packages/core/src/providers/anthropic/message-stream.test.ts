import { readFileSync } from 'node:fs'
import { translate } from '../run-provider.contract.ts'
import { Sees } from '../provider.ts'
import { anthropic } from './anthropic.ts'

const fixture = (name: string): string => readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8')

test('thoughts come back signed, once, for the caller to send again', () => {
  const chunks = translate(anthropic, [Buffer.from(fixture('thinking.sse'))]).chunks()
  const deltas = chunks.map(({ choices }) => choices[0]?.delta)
  expect(deltas.filter((delta) => delta !== undefined && 'thinking_blocks' in delta)).toEqual([
    {
      thinking_blocks: [
        { type: 'thinking', thinking: 'The user greets.', signature: 'EqQBCkYIARgC' },
        { type: 'redacted_thinking', data: 'EmwKAhgB' },
      ],
    },
  ])
})

test('a stream cut off anywhere before its last events is not finished', () => {
  const events = fixture('tools.sse').split(/(?<=\n\n)/)
  const finished = events.map((_, count) => {
    const { sees } = translate(anthropic, [Buffer.from(events.slice(0, count).join(''))])
    return (sees & (Sees.Finish | Sees.Done)) !== 0
  })
  expect(finished.slice(0, -1)).toEqual(finished.slice(0, -1).map(() => false))
  expect(finished.at(-1)).toBe(true)
})

test('a call is begun before its arguments, under the id that its result will name', () => {
  const chunks = translate(anthropic, [Buffer.from(fixture('tools.sse'))]).chunks()
  expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
    { index: 0, id: 'toolu_01A', type: 'function', function: { name: 'get_weather', arguments: '' } },
    { index: 0, function: { arguments: '{"city":' } },
    { index: 0, function: { arguments: '"Paris"}' } },
    { index: 1, id: 'toolu_01B', type: 'function', function: { name: 'get_time', arguments: '' } },
    { index: 1, function: { arguments: '{}' } },
  ])
})
