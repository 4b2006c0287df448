import {
  chunk,
  completion,
  event,
  headOf,
  json,
  streamHead,
  whole,
  type Step,
} from '../../support/scripted-upstream.ts'
import {
  answer,
  broken,
  everyPlace,
  inJson,
  inStream,
  named,
  TEXT,
  type FaultCase,
  type FaultRow,
  type Observed,
} from '../fault-row.ts'
import { arrived, begun, endMark, endOfStream, finish, midStream, role, textOf, wholeJson } from '../scripts.ts'

/** Upstreams name their insides in their errors. */
const INSIDE = 'canary-internal-host.example'
const page = `<html><head><title>502</title></head><body>nginx at ${INSIDE}</body></html>`

const tellsNothing: Partial<FaultCase> = {
  also: ({ text, headers }: Observed) => expect(JSON.stringify([...headers]) + text).not.toMatch(/canary|html|nginx/i),
}

const html = (status: number): Step[] => whole(page, status, { 'content-type': 'text/html' })

const says = (message: string, more: object = {}): object => ({
  error: { message, type: 'server_error', param: null, code: null, ...more },
})

const body = JSON.stringify(completion(TEXT))
const ofLength = (length: number): Step => ({
  write: `${headOf(200, { 'content-type': 'application/json', 'content-length': `${length}` })}${body}`,
})

const noChunks: readonly Step[] = [{ write: 'zz\r\nabc\r\n' }, arrived, 'end']

const bad = (what: string, script: readonly Step[], ...only: FaultCase['way'][]): FaultCase[] =>
  named(what, everyPlace('upstream_bad_response', { script }, only.length === 0 ? undefined : only))

/** Answers that are none. */
export const unreadable: readonly FaultRow[] = [
  {
    id: 'F-14',
    fault: 'an answer that cannot be read',
    cases: [
      ...bad('JSON cut short', whole('{"id":"x","choices":[{"index":0', 200, { 'content-type': 'application/json' })),
      ...bad('no object', json([1, 2])),
      ...bad('no choices', json({ ...completion(TEXT), choices: [] })),
      ...bad('a length too short', [ofLength(50)], 'JSON'),
      ...named(
        'a length too long',
        everyPlace('upstream_incomplete', { script: [ofLength(5000), arrived, 'end'] }, ['JSON']),
      ),
      ...bad('chunks that are none', [streamHead, ...noChunks]),
      ...bad('something else than HTTP', [{ write: '220 smtp.example ESMTP\r\n' }, arrived, 'end']),
      ...bad('an event that is not JSON', [streamHead, event('{"id":'), endOfStream], 'stream'),
      ...midStream('upstream_bad_response', [event('{"id":"x'), finish, endOfStream]),
      inStream(
        'after 2 of 5 pieces, chunks that are none',
        [...begun(2), arrived, ...noChunks],
        broken('upstream_bad_response', textOf(2)),
      ),
    ],
  },
  {
    id: 'F-15',
    fault: 'a page, or nothing, in place of an answer',
    cases: [
      ...named('a page with 502', everyPlace('upstream_error', { script: html(502), ...tellsNothing })),
      ...named('a page with 200', everyPlace('upstream_bad_response', { script: html(200), ...tellsNothing })),
      ...bad('nothing with 200', whole('')),
      ...bad('204', [{ write: 'HTTP/1.1 204 No Content\r\n\r\n' }]),
      inJson('an answer of another type', whole(body, 200, { 'content-type': 'text/plain' }), answer),
      inStream('a whole answer in place of a stream', wholeJson, answer),
    ],
  },
  {
    id: 'F-16',
    fault: 'an error inside a success',
    cases: [
      ...named(
        'in place of the answer',
        everyPlace('upstream_error', { script: json(says(`at ${INSIDE}`)), ...tellsNothing }),
      ),
      ...named(
        'before the first token',
        everyPlace(
          'upstream_error',
          { script: [streamHead, role, event(says(`at ${INSIDE}`)), endOfStream], ...tellsNothing },
          ['stream'],
        ),
      ),
      ...named(
        'a rate limit before the first token',
        everyPlace(
          'rate_limit_exceeded',
          { script: [streamHead, event(says('slow down', { code: 429 })), endOfStream] },
          ['stream'],
        ),
      ),
      ...named(
        'in an event called error',
        everyPlace(
          'upstream_error',
          { script: [streamHead, chunk(`event: error\ndata: ${JSON.stringify(says('no'))}\n\n`), endOfStream] },
          ['stream'],
        ),
      ),
      ...midStream('upstream_error', [event(says(`at ${INSIDE}`)), endMark, endOfStream], tellsNothing),
    ],
  },
]
