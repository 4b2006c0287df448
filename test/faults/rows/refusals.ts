import { headOf, json, type Script, type SeenRequest, type Step } from '../../support/scripted-upstream.ts'
import {
  another,
  answer,
  error,
  everyPlace,
  inJson,
  inStream,
  named,
  ways,
  type FaultCase,
  type FaultRow,
  type Observed,
} from '../fault-row.ts'
import { PROVIDER_KEY, SECOND_KEY } from '../rig.ts'
import { bytesOf, wholeJson, wholeStream } from '../scripts.ts'

const envelope = (message: string, code: string | null = null): object => ({
  error: { message, type: 'x', param: null, code },
})

/** An upstream that repeats what it was told, as some do in their errors. */
const refusal =
  (status: number, headers: Readonly<Record<string, string>> = {}): Script =>
  (request) =>
    json(envelope(`no: ${request.headers['authorization']} ${request.body}`), status, headers)

/** Answers as it is asked to. */
const answers = ({ body }: SeenRequest): Step[] => (body.includes('"stream":true') ? wholeStream : wholeJson)

/** Says one thing the first time and another ever after. */
function first(once: Script, then: Script): Script {
  let asked = 0
  return (request) => {
    asked += 1
    const script = asked === 1 ? once : then
    return typeof script === 'function' ? script(request) : script
  }
}

const refusesFirstKey: Script = (request) =>
  request.headers['authorization'] === `Bearer ${PROVIDER_KEY}` ? json(envelope('no'), 401) : answers(request)

const inBoth = (at: string, script: () => Script, sees: FaultCase['sees'], more: Partial<FaultCase>): FaultCase[] =>
  ways.map((way) => ({ ...inJson(at, script(), sees, more), way }))

const NOW = 'Thu, 26 Nov 2026 12:00:00 GMT'
const SOON = 'Thu, 26 Nov 2026 12:00:30 GMT'

/** What upstreams say about when to come back, and what the caller is told: ms, and whether to. */
const waits: readonly { says: Readonly<Record<string, string>>; ms: string | null; retry?: true }[] = [
  { says: { 'retry-after': '2' }, ms: '2000', retry: true },
  { says: { 'retry-after': '1.5' }, ms: '1500', retry: true },
  { says: { 'retry-after-ms': '250', 'retry-after': '9' }, ms: '250', retry: true },
  { says: { date: NOW, 'retry-after': SOON }, ms: '30000', retry: true },
  { says: { 'retry-after': '120' }, ms: '120000' },
  { says: { 'retry-after': 'soon' }, ms: null },
  { says: { 'retry-after': '-5' }, ms: null },
  { says: { 'retry-after': '1000000000' }, ms: null },
  { says: {}, ms: null },
]

function tells({ ms, retry = false }: { ms: string | null; retry?: boolean }): (seen: Observed) => void {
  return ({ headers }) => {
    expect(headers.get('retry-after-ms')).toBe(ms)
    expect(headers.get('retry-after')).toBe(ms === null ? null : `${Math.ceil(Number(ms) / 1000)}`)
    expect(headers.get('x-should-retry')).toBe(`${retry}`)
  }
}

/** It says nothing about the target, and every other would refuse it too. */
const stops: Partial<FaultCase> = { also: ({ suspect }) => expect(suspect).toBe(false) }

function quoted(seen: Observed): void {
  expect(seen.text).toContain('no: [redacted]')
  expect(seen.text.includes(PROVIDER_KEY)).toBe(false)
  stops.also?.(seen)
}

const statuses = [
  { status: 408, code: 'upstream_timeout', mayBeBilled: true },
  { status: 409, code: 'upstream_error', mayBeBilled: false },
  { status: 500, code: 'upstream_error', mayBeBilled: true },
  { status: 502, code: 'upstream_error', mayBeBilled: true },
  { status: 503, code: 'upstream_error', mayBeBilled: false },
  { status: 504, code: 'upstream_error', mayBeBilled: true },
  { status: 520, code: 'upstream_error', mayBeBilled: true },
  { status: 529, code: 'upstream_error', mayBeBilled: false },
] as const

/** Two targets fail so: the third is asked only if nothing has to be paid twice over. */
const twice = ({ status, code, mayBeBilled }: (typeof statuses)[number]): FaultCase[] =>
  inBoth(`${status} at two targets`, () => refusal(status), mayBeBilled ? error(code) : another, {
    place: 'twice',
    asked: 2,
  })

const redirect =
  (status: number): Script =>
  ({ headers }) => [
    {
      write: headOf(status, {
        location: `http://${headers['host']}/elsewhere?key=${PROVIDER_KEY}`,
        'content-length': '0',
      }),
    },
  ]

/** What an upstream's own headers would give away or break. */
const LOOSE: Readonly<Record<string, string>> = {
  'set-cookie': `session=${PROVIDER_KEY}; Path=/`,
  server: 'canary-inside/1.0',
  'x-powered-by': 'canary',
  'x-request-id': 'canary-of-the-upstream',
  'x-speka-model': 'canary',
  'x-ratelimit-remaining-requests': '7',
  'access-control-allow-origin': '*',
  'proxy-authenticate': 'Basic',
  upgrade: 'h2c',
  'keep-alive': 'timeout=1',
  'content-language': 'xx',
}

const withHead = (steps: readonly Step[], headers: Readonly<Record<string, string>>): Step[] => {
  const bytes = bytesOf(steps).toString('latin1')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return [{ write: Buffer.from(bytes.replace('\r\n', `\r\n${lines.join('')}`), 'latin1') }]
}

const passes =
  /^(?:x-speka-(?:model|provider|attempts|cost-usd)|x-request-id|content-type|content-length|transfer-encoding|cache-control|x-accel-buffering|date|connection|keep-alive)$/

function ownHeaders({ headers }: Observed): void {
  for (const [name, value] of headers) {
    expect(name).toMatch(passes)
    expect(value).not.toMatch(/canary|timeout=1\b/)
  }
}

/** Refusals, and what else may come with an answer. */
export const refusals: readonly FaultRow[] = [
  {
    id: 'F-23',
    fault: 'a rate limit',
    cases: [
      ...everyPlace('rate_limit_exceeded', { script: refusal(429) }),
      ...waits.map(({ says, ms, retry = false }) =>
        inJson(JSON.stringify(says), refusal(429, says), error('rate_limit_exceeded'), {
          place: 'last',
          also: tells({ ms, retry }),
        }),
      ),
      ...inBoth('once, at the only target', () => first(refusal(429, { 'retry-after-ms': '30' }), answers), answer, {
        place: 'alone',
        asked: 2,
      }),
    ],
  },
  {
    id: 'F-24',
    fault: 'a refusal of the gateway’s own key',
    cases: [
      ...[401, 403].flatMap((status) =>
        named(`${status}`, everyPlace('upstream_auth_failed', { script: refusal(status) })),
      ),
      ...named('402', everyPlace('no_healthy_target', { script: refusal(402) })),
      ...inBoth('the first of two keys', () => refusesFirstKey, answer, {
        provider: 'two-keys',
        asked: 2,
        also: ({ asked }) =>
          expect(asked.map(({ headers }) => headers['authorization'])).toEqual([
            `Bearer ${PROVIDER_KEY}`,
            `Bearer ${SECOND_KEY}`,
          ]),
      }),
    ],
  },
  {
    id: 'F-25',
    fault: 'a refusal of the request itself',
    cases: [
      ...[400, 413, 422].flatMap((status) =>
        inBoth(`${status}, which the others would say too`, () => refusal(status), error('invalid_request'), {
          also: quoted,
        }),
      ),
      ...[404, 410].flatMap((status) =>
        named(`${status}`, everyPlace('no_healthy_target', { script: refusal(status) })),
      ),
      ...inBoth(
        'a prompt too long: another model',
        () => json(envelope('too long', 'context_length_exceeded'), 400),
        another,
        { also: ({ others }) => expect(others[0]?.model).toBe('well/for-long-prompts') },
      ),
      ...inBoth(
        'content that is declined: another model',
        () => json(envelope('declined', 'content_policy_violation'), 400),
        another,
        { also: ({ others }) => expect(others[0]?.model).toBe('well/for-other-content') },
      ),
    ],
  },
  {
    id: 'F-26',
    fault: 'a status of trouble',
    cases: [
      ...statuses.flatMap(({ status, code }) => named(`${status}`, everyPlace(code, { script: refusal(status) }))),
      ...statuses.flatMap(twice),
    ],
  },
  {
    id: 'F-27',
    fault: 'a redirect',
    cases: [301, 302, 303, 307, 308].flatMap((status) =>
      named(`${status}`, everyPlace('upstream_error', { script: redirect(status) })),
    ),
  },
  {
    id: 'F-28',
    fault: 'headers of the upstream’s own',
    cases: [
      inJson('with an answer', withHead(wholeJson, LOOSE), answer, { also: ownHeaders }),
      inStream('with an answer', withHead(wholeStream, LOOSE), answer, { also: ownHeaders }),
      inJson('with an error', withHead(json(envelope('no'), 503), LOOSE), error('upstream_error'), {
        place: 'last',
        also: ({ headers }) => expect(JSON.stringify([...headers])).not.toMatch(/canary/),
      }),
      inJson('early hints', [{ write: 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n' }, ...wholeJson], answer),
      ...named(
        '17 KiB of them',
        everyPlace('upstream_bad_response', { script: withHead(wholeJson, { 'x-long': 'x'.repeat(17 * 1024) }) }),
      ),
    ],
  },
]
