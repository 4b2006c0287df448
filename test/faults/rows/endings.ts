import { chunk, completion, event, headOf, json, streamHead, type Step } from '../../support/scripted-upstream.ts'
import {
  answer,
  broken,
  everyPlace,
  inJson,
  inStream,
  named,
  TEXT,
  ways,
  type FaultCase,
  type FaultRow,
  type Observed,
} from '../fault-row.ts'
import { arrived, begun, endMark, endOfStream, finish, midStream, role, textOf, usage } from '../scripts.ts'

/** A response whose body lasts until the connection is closed. */
const untilClosed = (body: string): Step[] => [
  { write: headOf(200, { 'content-type': 'application/json', connection: 'close' }) + body },
  'end',
]

const body = JSON.stringify(completion(TEXT))

/** Counted by the gateway, and marked as such. */
function counted({ records: [record] }: Observed): void {
  expect(record?.usage).toMatchObject({ estimated: true })
  expect(record?.usage.outputTokens).toBeGreaterThan(0)
  expect(record?.charge).toBeGreaterThan(0n)
}

const isCounted: Partial<FaultCase> = { charge: 'any', also: counted }

const withUsage = (value: unknown): object => ({ ...completion(TEXT), usage: value })

const usageEvent = (value: unknown): Step =>
  event({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [], usage: value })

const withoutUsage = [...begun(5), finish, endMark, endOfStream]

const nonsense: readonly unknown[] = [
  {},
  [],
  'ten',
  0,
  { prompt_tokens: -1, completion_tokens: 5 },
  { prompt_tokens: 10, completion_tokens: -5 },
  { prompt_tokens: 1.5, completion_tokens: 5 },
  { prompt_tokens: 10, completion_tokens: 0.1 },
  { prompt_tokens: '10', completion_tokens: '5' },
  { prompt_tokens: 10, completion_tokens: '5' },
  { prompt_tokens: null, completion_tokens: null },
  { prompt_tokens: true, completion_tokens: 5 },
  { prompt_tokens: [10], completion_tokens: 5 },
  { prompt_tokens: { value: 10 }, completion_tokens: 5 },
  { prompt_tokens: 1e300, completion_tokens: 5 },
  { prompt_tokens: 10, completion_tokens: 2 ** 53 },
  { prompt_tokens: 2 ** 53 - 1, completion_tokens: 5 },
  { prompt_tokens: 10, completion_tokens: 2 ** 53 - 1 },
  { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
  { prompt_tokens: 10, completion_tokens: 0 },
  { prompt_tokens: 0, completion_tokens: 5 },
  { prompt_tokens: 10 },
  { completion_tokens: 5 },
  { total_tokens: 15 },
  { input_tokens: 10, output_tokens: 5 },
]

function suspectUsage(way: FaultCase['way'], value: unknown): FaultCase {
  const script =
    way === 'JSON' ? json(withUsage(value)) : [...begun(5), finish, usageEvent(value), endMark, endOfStream]
  return {
    ...inJson(JSON.stringify(value), script, answer, isCounted),
    way,
    also(seen) {
      counted(seen)
      // A tenth of a cent, where 15 tokens would be 0.002.
      expect(seen.records[0]?.charge).toBeLessThan(1_000_000_000n)
    },
  }
}

/** Answers that do not end as they should. */
export const endings: readonly FaultRow[] = [
  {
    id: 'F-10',
    fault: 'an answer that is finished, without an end mark',
    cases: [
      inStream('after finish and usage', [...begun(5), finish, usage, endOfStream], answer),
      inStream('after finish and usage, by closing', [...begun(5), finish, usage, arrived, 'end'], answer),
      inStream('after the finish', [...begun(5), finish, endOfStream], answer, isCounted),
      inJson('by closing, without a length', untilClosed(body), answer),
    ],
  },
  {
    id: 'F-11',
    fault: 'an answer that ends without a finish',
    cases: [
      ...named(
        'after the headers',
        everyPlace('upstream_incomplete', { script: [streamHead, endOfStream] }, ['stream']),
      ),
      ...named(
        'after the role',
        everyPlace('upstream_incomplete', { script: [streamHead, role, arrived, 'end'] }, ['stream']),
      ),
      ...midStream('upstream_incomplete', [endOfStream]),
      ...named('by closing', midStream('upstream_incomplete', [arrived, 'end'])),
      inStream(
        'in the middle of an event',
        [...begun(4), chunk('data: {"id":'), endOfStream],
        broken('upstream_incomplete', textOf(4)),
      ),
      ...named(
        'by closing, without a length',
        everyPlace('upstream_bad_response', { script: untilClosed(body.slice(0, -40)) }, ['JSON']),
      ),
    ],
  },
  {
    id: 'F-12',
    fault: 'an answer without usage',
    cases: [
      inJson('left out', json({ ...completion(TEXT), usage: undefined }), answer, isCounted),
      inJson('null', json(withUsage(null)), answer, isCounted),
      inStream('left out although it was asked for', withoutUsage, answer, {
        ...isCounted,
        also(seen) {
          counted(seen)
          expect(JSON.parse(seen.asked[0]?.body ?? '')).toMatchObject({ stream_options: { include_usage: true } })
          // The caller had not asked: an event without choices would crash it.
          expect(seen.text).not.toContain('usage')
        },
      }),
      inStream('left out, and the caller asked for it', withoutUsage, answer, {
        ...isCounted,
        request: { stream_options: { include_usage: true } },
        also(seen) {
          counted(seen)
          expect(seen.text).toMatch(/"usage":\{[^}]*"estimated":true/)
        },
      }),
    ],
  },
  {
    id: 'F-13',
    fault: 'usage that cannot be true',
    cases: nonsense.flatMap((value) => ways.map((way) => suspectUsage(way, value))),
  },
]
