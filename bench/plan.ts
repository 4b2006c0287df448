import type { Answers, Ask, PlanJob, Prompt, WindowResult } from './load/job.ts'
import type { Metrics, Scenario } from './scenario.ts'
import { PACE } from './upstream/answers.ts'
import { MESSAGE_EVENTS_AROUND } from './upstream/anthropic-stream.ts'
import { RESPONSE_EVENTS_AROUND } from './upstream/responses-stream.ts'

const KB = 1000

const EVERYBODY = ['yardstick', 'speka', 'speka-relaxed', 'portkey'] as const
const WITHOUT_RELAXED = ['yardstick', 'speka', 'portkey'] as const

/** A question of everyday size. */
const everyday: Prompt = { kind: 'prose', bytes: KB }

/** Events of one saturated stream, and those that end it. */
const EVENTS = 200
const EVENTS_AT_THE_END = 3

const PACED_STREAMS = 200

/** What is compared of two builds, a second or two of work each: small answers, and streams of {@link EVENTS} events. */
const SMALL_ANSWERS: Answers = { warmUp: 3000, window: 15_000 }
/** Each kind of stream has code of its own, which small answers do not warm. */
const STREAMS: Answers = { warmUp: 6000, window: 3000 }

/** Everything that is measured, in order. */
export const plan: readonly Scenario[] = [
  requests(1),
  requests(16),
  requests(64),
  events(),
  padded(),
  translated('anthropic', 'Anthropic'),
  translated('gemini', 'Gemini'),
  passedThrough('responses', 'mock-responses', RESPONSE_EVENTS_AROUND),
  passedThrough('messages', 'mock-anthropic', MESSAGE_EVENTS_AROUND),
  messagesOfChat(),
  paced(),
  firstToken(),
  ...(['prose', 'code'] as const).flatMap((kind) => [prompt(kind, 10), prompt(kind, 100), prompt(kind, 1000)]),
  embeddings(),
  routing('default', 'no preferences', undefined),
  routing('order', 'provider.order', { order: ['provider-13', 'provider-7'] }),
  routing('price', 'provider.sort: price', { sort: 'price' }),
  routing('throughput', 'provider.sort: throughput', { sort: 'throughput' }),
  idle(),
  twoWorkers(),
]

function requests(connections: number): Scenario {
  const at = connections === 1 ? '1 connection' : `${connections} connections`
  return saturating({
    name: `requests-${connections}`,
    title: `small answers, ${at}`,
    contestants: EVERYBODY,
    ask: { model: 'mock-small', stream: false, prompt: everyday },
    connections,
    answers: SMALL_ANSWERS,
    ceiling: true,
    shown: 'perSecond',
    figures: [
      { metric: 'perSecond', title: `req/s, ${at}`, comparison: 'ratio' },
      { metric: 'cpuEach', title: `CPU µs per request, ${at}`, comparison: 'ratio' },
      { metric: 'p50', title: `p50 in µs, ${at}`, comparison: 'difference' },
      { metric: 'p99', title: `p99 in µs, ${at}`, comparison: 'difference' },
    ],
  })
}

function events(): Scenario {
  return saturating({
    name: 'events',
    title: 'SSE, saturated',
    contestants: EVERYBODY,
    ask: { model: `mock-events-${EVENTS}`, stream: true, prompt: everyday },
    connections: 16,
    unitsEach: EVENTS + EVENTS_AT_THE_END,
    answers: STREAMS,
    ceiling: true,
    shown: 'perSecond',
    figures: [
      { metric: 'perSecond', title: 'SSE events/s, saturated', comparison: 'ratio' },
      { metric: 'cpuEach', title: 'CPU µs per SSE event', comparison: 'ratio' },
    ],
  })
}

function paced(): Scenario {
  const rate = `${(PACED_STREAMS * PACE) / 1000},000 chunks/s`
  return {
    name: 'paced',
    title: `SSE, ${rate}`,
    contestants: WITHOUT_RELAXED,
    shown: 'cpuPercent',
    figures: [
      { metric: 'cpuPercent', title: `CPU % of a core at ${rate}`, comparison: 'ratio' },
      { metric: 'p50', title: `lateness p50 in µs at ${rate}`, comparison: 'difference' },
      { metric: 'p99', title: `lateness p99 in µs at ${rate}`, comparison: 'difference' },
    ],
    job: (endpoint, watched, { warmUpMs, windowMs }) => ({
      kind: 'pace',
      endpoint,
      streams: PACED_STREAMS,
      warmUpMs: warmUpMs + 200,
      windowMs,
      watched,
    }),
    metrics: (result) => ('count' in result ? windowMetrics(result, 1) : {}),
  }
}

function firstToken(): Scenario {
  return saturating({
    name: 'first-token',
    title: 'time to first token',
    contestants: WITHOUT_RELAXED,
    ask: { model: 'mock-first', stream: true, prompt: everyday },
    connections: 1,
    shown: 'firstTokenP50',
    figures: [
      { metric: 'firstTokenP50', title: 'time to first token p50 in µs', comparison: 'difference' },
      { metric: 'firstTokenP99', title: 'time to first token p99 in µs', comparison: 'difference' },
    ],
  })
}

function prompt(kind: Prompt['kind'], kilobytes: number): Scenario {
  const size = kilobytes === 1000 ? '1 MB' : `${kilobytes} KB`
  return saturating({
    name: `${kind}-${size.replace(' ', '').toLowerCase()}`,
    title: `prompts of ${size}, ${kind}`,
    contestants: WITHOUT_RELAXED,
    ask: { model: 'mock-small', stream: false, prompt: { kind, bytes: kilobytes * KB } },
    connections: 4,
    shown: 'cpuEach',
    figures: [{ metric: 'cpuEach', title: `CPU µs per request, ${size} of ${kind}`, comparison: 'ratio' }],
  })
}

/** The upstream speaks another API, so that every event is translated. Nobody else here does that. */
function translated(format: 'anthropic' | 'gemini', name: string): Scenario {
  return ownStreams({
    name: `events-${format}`,
    title: `SSE translated from ${name}`,
    ask: { model: `mock-${format}-${EVENTS}`, stream: true, prompt: everyday },
    // Those that say something: how many more there are differs between the two sides.
    unitsEach: EVENTS,
  })
}

/** Caller and upstream speak the same, so that every event goes through. Nobody else here does that. */
function passedThrough(endpoint: 'responses' | 'messages', upstream: string, around: number): Scenario {
  return ownStreams({
    name: `events-${endpoint}`,
    title: `SSE of ${endpoint}, passed through`,
    ask: { model: `${upstream}-${EVENTS}`, endpoint, stream: true, prompt: everyday },
    unitsEach: EVENTS + around,
  })
}

function messagesOfChat(): Scenario {
  return ownStreams({
    name: 'events-messages-of-chat',
    title: 'SSE of messages, translated from chat',
    ask: { model: `mock-events-${EVENTS}`, endpoint: 'messages', stream: true, prompt: everyday },
    unitsEach: EVENTS,
  })
}

/** Events of chat as OpenAI sends them, each padded to a length of its own. */
function padded(): Scenario {
  return ownStreams({
    name: 'events-padded',
    title: 'SSE, padded',
    ask: { model: `mock-padded-${EVENTS}`, stream: true, prompt: everyday },
    unitsEach: EVENTS + EVENTS_AT_THE_END,
  })
}

/** Streams whose figures stand by themselves. */
function ownStreams(streams: Pick<Saturating, 'name' | 'title' | 'ask' | 'unitsEach'>): Scenario {
  return saturating({
    ...streams,
    contestants: ['speka'],
    connections: 16,
    answers: STREAMS,
    ceiling: true,
    shown: 'perSecond',
    figures: [
      { metric: 'perSecond', title: `events/s, ${streams.title}`, comparison: 'value' },
      { metric: 'perCore', title: `events per second and core, ${streams.title}`, comparison: 'value' },
    ],
  })
}

/** How long it takes to choose among twenty targets whose health is known, and nothing else. */
function routing(name: string, title: string, preferences: PlanJob['preferences']): Scenario {
  return {
    name: `routing-${name}`,
    title: `routing, ${title}`,
    contestants: ['speka'],
    shown: 'decision',
    figures: [{ metric: 'decision', title: `CPU µs per routing decision, ${title}`, comparison: 'value' }],
    job: () => ({ kind: 'plan', preferences }),
    metrics: (result) => ('decision' in result ? { decision: result.decision } : {}),
  }
}

/** Answers of 30 KB, which Speka gives under another name of the model than the upstream does. */
function embeddings(): Scenario {
  return saturating({
    name: 'embeddings',
    title: 'embeddings of 30 KB',
    contestants: WITHOUT_RELAXED,
    ask: { model: 'mock-vectors', stream: false, prompt: everyday, endpoint: 'embeddings' },
    connections: 64,
    shown: 'cpuEach',
    figures: [
      { metric: 'perSecond', title: 'req/s, embeddings of 30 KB', comparison: 'ratio' },
      { metric: 'cpuEach', title: 'CPU µs per request, embeddings of 30 KB', comparison: 'ratio' },
    ],
  })
}

function idle(): Scenario {
  return {
    name: 'idle',
    title: 'idle streams',
    contestants: WITHOUT_RELAXED,
    fresh: true,
    shown: 'bytesPerStream',
    figures: [{ metric: 'bytesPerStream', title: 'RSS bytes per idle stream', comparison: 'value' }],
    job: (endpoint, watched, timing) => ({ kind: 'hold', endpoint, streams: timing.idle, watched }),
    metrics: (result) => ('bytesPerStream' in result ? { bytesPerStream: result.bytesPerStream } : {}),
  }
}

function twoWorkers(): Scenario {
  return saturating({
    name: 'two-workers',
    title: 'two workers, 64 connections',
    contestants: ['yardstick', 'speka'],
    workers: 2,
    ask: { model: 'mock-small', stream: false, prompt: everyday },
    connections: 64,
    shown: 'scaling',
    figures: [
      { metric: 'perSecond', title: 'req/s, two workers', comparison: 'ratio' },
      { metric: 'scaling', title: 'req/s of two workers, times that of one', comparison: 'ratio' },
    ],
  })
}

interface Saturating extends Omit<Scenario, 'job' | 'metrics' | 'probe'> {
  readonly ask: Ask
  readonly connections: number
  /** How much one answer counts for. @default 1 */
  readonly unitsEach?: number
}

function saturating({ ask, connections, unitsEach = 1, ...scenario }: Saturating): Scenario {
  return {
    ...scenario,
    probe: ask,
    job: (endpoint, watched, { warmUpMs, windowMs, answers }) => ({
      kind: 'saturate',
      endpoint,
      ask,
      connections,
      warmUpMs,
      windowMs,
      answers,
      watched,
    }),
    metrics: (result) => ('count' in result ? windowMetrics(result, unitsEach) : {}),
  }
}

function windowMetrics({ count, seconds, times, firstTokenTimes, cpu }: WindowResult, unitsEach: number): Metrics {
  const units = count * unitsEach
  return {
    perSecond: units / seconds,
    perCore: cpu.server === undefined ? undefined : units / cpu.server,
    cpuEach: cpu.server === undefined ? undefined : (cpu.server * 1e6) / units,
    cpuPercent: cpu.server === undefined ? undefined : (cpu.server / seconds) * 100,
    p50: times?.p50,
    p99: times?.p99,
    firstTokenP50: firstTokenTimes?.p50,
    firstTokenP99: firstTokenTimes?.p99,
  }
}
