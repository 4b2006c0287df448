import { chunk, delta, event, streamEnd, streamHead, type Step } from '../../support/scripted-upstream.ts'
import {
  another,
  answer,
  broken,
  error,
  everyPlace,
  inJson,
  inStream,
  named,
  PIECES,
  type FaultCase,
  type FaultRow,
  type Observed,
} from '../fault-row.ts'
import { arrived, begun, bytesOf, cutAt, midStream, role, textOf, wholeJson, wholeStream } from '../scripts.ts'

/** Suspicion is what opens a breaker. */
const suspected = ({ suspect }: Observed): void => expect(suspect).toBe(true)

function closedByGateway({ asked }: Observed): void {
  for (const { closed } of asked) expect(closed?.by).toBe('gateway')
}

/**
 * The limit is 0.3 s here and 3 s by default; undici looks at its timers twice a second. So close to the limit for the first
 * token, the last target of a stream may be told off for either.
 */
const inTimeToConnect = (more: Partial<FaultCase>): FaultCase[] =>
  everyPlace('upstream_unreachable', { ...more, also: suspected }).filter(
    ({ way, place }) => way === 'JSON' || place !== 'last',
  )

const badTls = [
  { provider: 'tls-plain', what: 'a plain port' },
  { provider: 'tls-too-old', what: 'an expired certificate' },
  { provider: 'tls-misnamed', what: 'a certificate for another name' },
  { provider: 'tls-unknown', what: 'an unknown authority' },
]

const ofTls = (provider: string): FaultCase[] =>
  everyPlace('upstream_unreachable', {
    provider,
    also({ text, records: [record] }) {
      expect(text).not.toMatch(/self.signed|expired|altname|OpenSSL|gateway\.example/i)
      const attempt = record?.attempts.find((one) => one.provider === provider)
      expect(attempt?.message).toBe('has no valid TLS certificate')
    },
  })

const halfASecond = { headers: { 'x-speka-timeout-ms': '500' }, also: closedByGateway }

const middle = Math.round(bytesOf(wholeJson).length * 0.7)

const parts = [
  { at: 'before the answer', bytes: 0 },
  { at: 'in the middle of the body', bytes: middle },
  { at: 'one byte before its end', bytes: -1 },
]

const comments = (count: number): Step[] =>
  Array.from({ length: count }, (): Step[] => [chunk(': still thinking\n\n'), { sleepMs: 50 }]).flat()

/** Trouble on the way to an upstream, and silence from it. */
export const reaching: readonly FaultRow[] = [
  {
    id: 'F-01',
    fault: 'a connection that is refused',
    cases: everyPlace('upstream_unreachable', { provider: 'refusing', also: suspected }),
  },
  {
    id: 'F-02',
    fault: 'a name that cannot be looked up',
    cases: [
      ...named('nobody has it', everyPlace('upstream_unreachable', { provider: 'missing', also: suspected })),
      ...named('try again later', everyPlace('upstream_unreachable', { provider: 'again', also: suspected })),
      ...named('no reply', inTimeToConnect({ provider: 'silent' })),
    ],
  },
  {
    id: 'F-03',
    fault: 'TLS that is no good',
    cases: badTls.flatMap(({ provider, what }) => named(what, ofTls(provider))),
  },
  {
    id: 'F-04',
    fault: 'a connection that is never taken',
    cases: inTimeToConnect({ provider: 'never-connects' }),
  },
  {
    id: 'F-05',
    fault: 'an upstream that takes the request and never answers',
    cases: [
      ...everyPlace('upstream_timeout', { script: ['hang'], also: closedByGateway }, ['stream']),
      inStream('two targets, each of which may bill it', ['hang'], error('upstream_timeout'), {
        place: 'twice',
        asked: 2,
      }),
      inJson('the first target: the whole time is spent on it', ['hang'], error('upstream_timeout'), halfASecond),
      inJson('a request that is never read', [], error('upstream_timeout'), { ...halfASecond, provider: 'deaf' }),
    ],
  },
  {
    id: 'F-06',
    fault: 'a stall before the first token',
    cases: [
      ...named(
        'after the headers',
        everyPlace('upstream_timeout', { script: [streamHead, 'hang'], also: closedByGateway }, ['stream']),
      ),
      ...named('after the role', everyPlace('upstream_timeout', { script: [streamHead, role, 'hang'] }, ['stream'])),
    ],
  },
  {
    id: 'F-07',
    fault: 'a stall in the middle of an answer',
    cases: [
      ...midStream('upstream_timeout', ['hang'], { also: closedByGateway }),
      inJson('in the middle of the body', cutAt(wholeJson, middle, 'hang'), error('upstream_timeout'), halfASecond),
    ],
  },
  {
    id: 'F-08',
    fault: 'comments in place of an answer',
    cases: [
      ...everyPlace('upstream_timeout', { script: [streamHead, ...comments(30), 'hang'] }, ['stream']),
      inStream(
        'for longer than a silence may last, then the answer goes on',
        [...begun(2), ...comments(18), ...PIECES.slice(2).map((piece) => event(delta(piece))), ...streamEnd()],
        answer,
      ),
    ],
  },
  {
    id: 'F-09',
    fault: 'a connection that is reset',
    cases: [
      ...named('before the answer', everyPlace('upstream_incomplete', { script: ['reset'] }, ['stream'])),
      inStream('after the headers', [streamHead, arrived, 'reset'], another),
      inStream('after the role', [streamHead, role, arrived, 'reset'], another),
      ...PIECES.map((_, at) =>
        inStream(
          `after ${at + 1} of 5 pieces`,
          [...begun(at + 1), arrived, 'reset'],
          broken('upstream_incomplete', textOf(at + 1)),
        ),
      ),
      inStream('after the finish and the usage', [...wholeStream.slice(0, -2), arrived, 'reset'], answer),
      ...parts.flatMap(({ at, bytes }) =>
        named(at, everyPlace('upstream_incomplete', { script: cutAt(wholeJson, bytes, 'reset') }, ['JSON'])),
      ),
      inJson('two targets, each of which may bill it', ['reset'], error('upstream_incomplete'), {
        place: 'twice',
        asked: 2,
      }),
    ],
  },
]
