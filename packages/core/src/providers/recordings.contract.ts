import { dataOf, FrameCutter } from '../bytes/frames.ts'
import type { RecordingCall } from '../operations/transcription/recording-call.ts'
import { operations } from '../operations/operations.ts'
import { readUpload } from '../sandbox/read-upload.ts'
import type { Usage } from '../usage.ts'
import { mintRequestId } from '../uuid.ts'
import { BadReplyError } from './bad-reply.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import { Sees, type Answer, type Emit, type FrameFacts, type Provider, type StreamRequest } from './provider.ts'
import { target } from './run-provider.contract.ts'

type Recorded = 'transcription' | 'translation'

/** What a provider makes of a recording. */
export interface RecordingFixtures {
  readonly path: string
  /** The fields that it gets, of a form with a model, a language and what is the gateway's own. */
  readonly sends: Readonly<Record<string, unknown>>
  readonly reply: object
  readonly usage: Usage
  /** Its events of «Hello there.», where it has any. */
  readonly events?: string
  readonly eventUsage?: Usage
}

/** As OpenAI shows them (platform.openai.com/docs/api-reference/audio). */
export const likeOpenAI = (path: string): RecordingFixtures => ({
  path,
  sends: { model: 'upstream-model', language: 'de' },
  reply: { text: 'Hello there.', usage: { type: 'duration', seconds: 3 } },
  usage: { seconds: 3 },
  events: `data: {"type":"transcript.text.delta","delta":"Hello ","logprobs":[]}

data: {"type":"transcript.text.delta","delta":"there."}

data: {"type":"transcript.text.done","text":"Hello there.","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":4,"audio_tokens":10},"output_tokens":45,"total_tokens":59}}

`,
  eventUsage: { inputTokens: 14, audioInputTokens: 10, outputTokens: 45 },
})

const sound = `data:audio/mpeg;base64,${Buffer.from('ID3 a sound').toString('base64')}`
const asked = { model: 'a', language: 'de', metadata: { a: 'b' }, session_id: 's', models: ['b'], file: sound }

/**
 * Holds all who take recordings to one contract.
 *
 * @param types of all providers.
 */
export function describeRecordings(
  operation: Recorded,
  types: readonly ProviderType[],
  suites: Readonly<Partial<Record<ProviderType, RecordingFixtures>>>,
): void {
  const callOf = (more: object = {}): RecordingCall =>
    operations[operation].write({ ...asked, ...more }, { id: mintRequestId(0), receivedAt: 0 }) as RecordingCall

  const offered = (type: string) => {
    const found = (knownProviders[type as ProviderType].adapter as Provider)[operation]
    if (found === undefined) throw new Error(`${type} has no ${operation}`)
    // The one and the other are asked alike.
    return found as unknown as NonNullable<Provider['transcription']>
  }

  const begin = (type: string, call = callOf()) => {
    const steps = offered(type).answer(call as never, target)
    const step = steps.next()
    if (step.done === true || !('send' in step.value)) throw new Error('nothing was sent')
    return { steps, send: step.value.send }
  }

  const answerTo = (type: string, body: string, contentType = 'application/json'): Answer => {
    const { steps } = begin(type)
    const step = steps.next({ status: 200, headers: { 'content-type': contentType }, body: Buffer.from(body) })
    if (step.done !== true) throw new Error('the answer was not enough')
    return step.value
  }

  test(`every provider of ${operation} is held to it here`, () => {
    const missing = types.filter(
      (type) => (knownProviders[type].adapter as Provider)[operation] !== undefined && suites[type] === undefined,
    )
    expect(missing.map((type) => `${type} offers ${operation}: give it a row in ${operation}.test.ts`)).toEqual([])
  })

  describe.each(Object.entries(suites))('%s', (type, { path, sends, reply, usage, events, eventUsage }) => {
    test('gets the fields that are its own, and the file as it came', async () => {
      const { send } = begin(type)
      expect(send.path).toBe(path)
      if (send.streamed === undefined) throw new Error('it was sent no form')
      const { fields, file } = await readUpload(send.streamed, send.headers)
      const own = (knownProviders[type as ProviderType].adapter as Provider).routesItself === true
      const gateways = own ? { metadata: { a: 'b' }, session_id: 's', models: ['b'] } : {}
      expect(fields).toEqual({ ...sends, ...gateways })
      expect([file.head, file.beginning.toString()]).toEqual([
        { name: 'file', filename: 'recording.mp3', contentType: 'audio/mpeg' },
        'ID3 a sound',
      ])
    })

    test('answers in JSON, and is metered', () => {
      const answer = answerTo(type, JSON.stringify(reply))
      expect(JSON.parse(Buffer.from(answer.body).toString())).toMatchObject({ text: 'Hello there.' })
      expect(answer.usage).toEqual(usage)
      expect(answer.contentType).toBeUndefined()
    })

    test('answers in words, which nobody counts', () => {
      const words = answerTo(type, 'Hello there.\n', 'text/plain; charset=utf-8')
      expect([Buffer.from(words.body).toString(), words.contentType]).toEqual([
        'Hello there.\n',
        'text/plain; charset=utf-8',
      ])
      expect([words.usage, words.usageJson]).toEqual([{}, undefined])
    })

    test.each([
      ['a page', '<!DOCTYPE html><p>Welcome', 'text/html'],
      ['a picture', 'PNG', 'image/png'],
      ['JSON without a text', '{"id":1}', 'application/json'],
      ['half an answer', '{"text":"Hel', 'application/json'],
      ['an error under a success', '{"error":{"message":"no"}}', 'application/json'],
    ])('fails when it answers with %s', (_, body, contentType) => {
      expect(() => answerTo(type, body, contentType)).toThrow(BadReplyError)
    })

    const streaming = callOf({ stream: true })
    const stream = offered(type).stream?.(streaming as never, target)
    if (stream === undefined || events === undefined) return

    test('is asked for events, and tells what it hears in OpenAI’s', async () => {
      if (stream.request.streamed === undefined) throw new Error('it was sent no form')
      const { fields } = await readUpload(stream.request.streamed, stream.request.headers)
      expect(fields).toMatchObject({ stream: true })
      for (const size of [1, 7, 100_000]) {
        const heard = listenTo(offered(type).stream?.(streaming as never, target), events, size)
        expect(heard.said).toBe('Hello there.')
        expect(heard.last).toMatchObject({ type: 'transcript.text.done', text: 'Hello there.' })
        expect(heard.facts.usage).toEqual(eventUsage)
        expect(heard.sees & Sees.Finish).toBeTruthy()
      }
    })

    test.each([
      ['a whole transcript', JSON.stringify(reply)],
      ['words', 'Hello there.'],
    ])('may answer with %s all the same', (_, body) => {
      const heard = collecting()
      stream.fromAnswer(Buffer.from(body), heard.emit)
      expect(heard.result()).toMatchObject({ said: 'Hello there.', last: { text: 'Hello there.' } })
    })

    test('fails with an error among its events', () => {
      const heard = listenTo(
        offered(type).stream?.(streaming as never, target),
        'data: {"type":"error","error":{"message":"overloaded","code":"server_error"}}\n\n',
        9,
      )
      expect(heard.sees & Sees.Failure).toBeTruthy()
    })
  })
}

interface HeardEvents {
  readonly said: string
  readonly last: unknown
  readonly facts: FrameFacts
  readonly sees: number
}

/** What a caller would hear of the events that are emitted. */
function collecting(): { emit: Emit; result: () => HeardEvents } {
  const frames: Buffer[] = []
  let facts: FrameFacts = {}
  let sees = 0
  return {
    emit(frame, seen, learnt) {
      frames.push(Buffer.from(frame))
      sees |= seen
      facts = { ...facts, ...learnt }
    },
    result() {
      const events: { type?: string; delta?: string }[] = []
      new FrameCutter().push(Buffer.concat(frames), (frame) => {
        const data = dataOf(frame)
        if (data !== undefined) events.push(JSON.parse(data.toString()) as object)
      })
      const said = events.flatMap(({ delta }) => delta ?? []).join('')
      return { said, last: events.at(-1), facts, sees }
    },
  }
}

function listenTo(stream: StreamRequest | undefined, events: string, size: number): HeardEvents {
  const { emit, result } = collecting()
  const cutter = new FrameCutter()
  const bytes = Buffer.from(events)
  for (let at = 0; at < bytes.length; at += size)
    cutter.push(bytes.subarray(at, at + size), (frame) => stream?.translator.frame(frame, emit))
  stream?.translator.end(emit)
  return result()
}
