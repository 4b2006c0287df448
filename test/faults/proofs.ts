/** Where something is proven: a file of this repository, and words of the test's name. */
export interface Proof {
  readonly file: string
  readonly test: string
}

/** What has no row of cases, because it takes time, a crowd, or a caller that misbehaves. */
export interface Promised {
  readonly id: string
  readonly fault: string
  /** What the caller sees, or what else comes of it. */
  readonly sees: string
  readonly proofs: readonly Proof[]
}

const CALLERS = 'test/faults/callers.test.ts'
const OVER_TIME = 'test/faults/over-time.test.ts'
const REQUESTS = 'test/faults/hostile-requests.test.ts'
const CLIENTS = 'test/hostile-clients.test.ts'
const BODIES = 'test/hostile-bodies.test.ts'
const PAINS = 'test/faults/pains.test.ts'

/** More between the gateway and its upstreams. */
export const overTime: readonly Promised[] = [
  {
    id: 'F-08',
    fault: 'comments for ever, in the middle of an answer',
    sees: 'after 5 minutes without anything else: an `error` event `upstream_timeout`',
    proofs: [{ file: OVER_TIME, test: 'are believed for five minutes, and then the stream ends in an error' }],
  },
  {
    id: 'F-13',
    fault: 'usage beyond what the request can have used',
    sees: 'the answer, whole; charged as the most that can be, and marked `capped`',
    proofs: [
      {
        file: 'test/capped-usage.test.ts',
        test: 'a hundred million tokens for fifty cost what fifty do, and are marked',
      },
      { file: 'packages/core/src/attempt/beyond-belief.test.ts', test: 'is charged as what was allowed' },
    ],
  },
  {
    id: 'F-13',
    fault: 'usage in pieces, or wiped out at the end',
    sees: 'the answer, whole; every count that was told is charged',
    proofs: [
      {
        file: 'packages/core/src/attempt/usage-in-pieces.test.ts',
        test: 'is whole in the record, in the charge and in what the caller sees',
      },
    ],
  },
  {
    id: 'F-18',
    fault: 'events split at any byte',
    sees: 'the same bytes, wherever the network split them',
    proofs: [
      { file: 'test/faults/framing.test.ts', test: 'events come through the same wherever the network splits them' },
    ],
  },
  {
    id: 'F-21',
    fault: 'a caller that reads slowly, or not at all',
    sees: 'its upstream waits; no more than 256 KiB are kept for it; after 60 s without a byte taken it counts as gone',
    proofs: [{ file: CALLERS, test: 'holds up its upstream: no more than 256 KiB wait for it here' }],
  },
  {
    id: 'F-22',
    fault: 'a caller that leaves, at any moment',
    sees: 'the upstream is closed; one record, `cancelled`, charged for what was delivered',
    proofs: [{ file: CALLERS, test: 'closes the upstream, is on record once, and pays for what it got' }],
  },
  {
    id: 'F-22',
    fault: "a caller's own deadline, in the middle of a stream",
    sees: 'what came, then an `error` event `upstream_timeout`; charged for what was delivered',
    proofs: [
      { file: 'packages/core/src/attempt/who-pays.test.ts', test: 'a stream ended by $ending costs $charge' },
      { file: 'packages/core/src/attempt/who-pays.test.ts', test: 'is charged alike in %s' },
    ],
  },
  {
    id: 'F-23',
    fault: 'a target that asks to be left alone',
    sees: "another target's answer; the target is left alone as long as it asked, up to a minute; alone it is asked all the same",
    proofs: [
      { file: OVER_TIME, test: 'is, for as long as it asked but no longer than a minute, while another answers' },
      { file: OVER_TIME, test: 'is asked all the same when there is no other' },
    ],
  },
  {
    id: 'F-24',
    fault: 'a key of several that is refused',
    sees: 'the answer, with another key; the refused one is passed over for a minute',
    proofs: [{ file: OVER_TIME, test: 'is passed over for a minute' }],
  },
  {
    id: 'F-29',
    fault: 'nothing but 503 for a while',
    sees: '502 `upstream_error`, soon without a pause; at most 1.2 upstream calls a request; answers within 10 s of the end',
    proofs: [
      { file: OVER_TIME, test: 'costs at most a fifth more calls' },
      { file: OVER_TIME, test: 'is soon not felt any more, and ten seconds after it nobody is sent elsewhere' },
    ],
  },
  {
    id: 'F-30',
    fault: 'an SDK that tries again by itself',
    sees: 'no second try after a final error; after a limit of rate each try is a request with a record of its own',
    proofs: [
      { file: CALLERS, test: 'does not, since the gateway has done so' },
      { file: CALLERS, test: 'does when it was told when; each try is a request of its own' },
    ],
  },
]

/** Between callers and the gateway. */
export const callers: readonly Promised[] = [
  {
    id: 'F-40',
    fault: 'headers or a body sent byte by byte, by one or by hundreds',
    sees: '408 `request_timeout`; others do not notice',
    proofs: [
      { file: CLIENTS, test: 'is told so, and closed' },
      { file: REQUESTS, test: 'F-40: of slow senders is sent away, and nobody else' },
    ],
  },
  {
    id: 'F-41',
    fault: 'headers or a body too large, with a length or without',
    sees: '431 `headers_too_large`, 413 `request_too_large`, before it is kept',
    proofs: [
      { file: CLIENTS, test: 'gets 431 for headers that are too large' },
      { file: CLIENTS, test: 'is refused in chunks too, without being kept' },
    ],
  },
  {
    id: 'F-42',
    fault: 'a compressed body',
    sees: '415 `unsupported_media_type`',
    proofs: [{ file: CLIENTS, test: 'gets 415 for a compressed body' }],
  },
  {
    id: 'F-43',
    fault: '`Expect: 100-continue`',
    sees: 'key and size are looked at first',
    proofs: [{ file: CLIENTS, test: 'is refused before it sends' }],
  },
  {
    id: 'F-44 to F-48',
    fault: 'a body made to be misread: prototypes, deep nesting, keys twice, odd numbers, odd bytes',
    sees: '400 `invalid_json`, `duplicate_parameter` or `invalid_value`; nothing is sent upstream',
    proofs: [{ file: REQUESTS, test: 'F-44 to F-48: a body made to be misread' }],
  },
  {
    id: 'F-49',
    fault: 'a model id made to be misread: dots, line breaks, 10 KB, names that every object has',
    sees: '404 `model_not_found`',
    proofs: [{ file: CLIENTS, test: 'that nobody has is not found' }],
  },
  {
    id: 'F-50',
    fault: 'line breaks in what is echoed',
    sees: 'no header of the caller’s making',
    proofs: [{ file: CLIENTS, test: 'of line breaks that a glob lets through never becomes a header' }],
  },
  {
    id: 'F-51',
    fault: 'numbers and lists out of all proportion',
    sees: 'an answer or 400, and others do not notice',
    proofs: [{ file: REQUESTS, test: 'is answered or refused, and so is everybody else' }],
  },
  {
    id: '',
    fault: 'a body that would take long to read: messages, items, tokens or arrays by the hundred thousand',
    sees: '400 `invalid_json` or `invalid_value` by a limit that the documentation names; first of all 403 for a model that the key may not use',
    proofs: [
      { file: BODIES, test: 'a body that would take long to read is refused' },
      { file: BODIES, test: 'a key that may not use a model is told so' },
    ],
  },
  {
    id: 'F-52',
    fault: 'hundreds of idle connections',
    sees: 'others do not notice',
    proofs: [{ file: REQUESTS, test: 'F-52: of idle connections keeps nobody from an answer' }],
  },
  {
    id: '',
    fault: 'HTTP that two programs would read differently: two lengths, two hosts, two keys, odd chunks, odd line ends',
    sees: '400 `invalid_request`, the connection is closed, and what came behind it is not begun',
    proofs: [
      { file: CLIENTS, test: 'ends its connection, and the request behind it is not answered' },
      { file: CLIENTS, test: 'a request that is refused for what it is' },
      { file: REQUESTS, test: 'are refused: %s' },
    ],
  },
]

/** Complaints of users of other gateways, by the numbers under which they were collected. */
export const pains: readonly Promised[] = [
  {
    id: '12',
    fault: 'a stream is cut, stalls or is malformed, and the configured fallback is never asked',
    sees: 'before the first token the fallback answers; later it goes on where the stream stopped, for who asks for that; else an `error` event',
    proofs: [{ file: PAINS, test: 'pain 12: a stream that is $what' }],
  },
  {
    id: '13',
    fault: 'a stream that its upstream closed too early ends like a whole one',
    sees: 'an `error` event `upstream_incomplete` and no `[DONE]`',
    proofs: [{ file: PAINS, test: 'pain 13: a stream that its upstream closed too early' }],
  },
  {
    id: '14',
    fault: 'a dead stream becomes an empty chunk and `[DONE]`',
    sees: 'the fallback’s answer, or 502 `upstream_incomplete`',
    proofs: [{ file: PAINS, test: 'pain 14: a stream in which nothing comes' }],
  },
  {
    id: '15',
    fault: 'no fallback once a first event has been seen',
    sees: 'the fallback’s answer, until there was output',
    proofs: [{ file: PAINS, test: 'pain 15: an error behind the first event' }],
  },
  {
    id: '16',
    fault: 'fallbacks of a rule are not asked after 429 or 403',
    sees: 'the next target’s answer',
    proofs: [{ file: PAINS, test: 'pain 16: the fallback of a rule' }],
  },
  {
    id: '20',
    fault: 'layers that each try again multiply',
    sees: 'one budget of attempts for a request, fallbacks included; the SDK is told not to try again',
    proofs: [{ file: PAINS, test: 'pain 20: layers that each try again' }],
  },
  {
    id: '21',
    fault: 'all targets cooled down: failure at once, or for too short a time',
    sees: 'the one that is due first is asked all the same; of two times the longer stands',
    proofs: [{ file: PAINS, test: 'pain 21: targets that are to be left alone' }],
  },
  {
    id: '22',
    fault: 'a proxy closes the line while a model thinks',
    sees: 'a comment after 15 s of silence, and every 15 s',
    proofs: [{ file: PAINS, test: 'pain 22: a model that thinks for long' }],
  },
]
