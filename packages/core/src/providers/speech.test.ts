import { dataOf, FrameCutter } from '../bytes/frames.ts'
import { readSpeechCall, type SpeechCall } from '../operations/speech/speech-call.ts'
import { mintRequestId } from '../uuid.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import { Sees, type Emit, type FrameFacts, type Provider } from './provider.ts'
import { target } from './run-provider.contract.ts'

/** Who speaks, and where it is asked to. */
const suites: Partial<Record<ProviderType, string>> = {
  openai: '/audio/speech',
  azure: '/audio/speech',
  together: '/audio/speech',
  groq: '/audio/speech',
  deepinfra: '/audio/speech',
  'openai-compatible': '/audio/speech',
  speka: '/audio/speech',
  sandbox: '/audio/speech',
}

const types = Object.keys(knownProviders) as ProviderType[]

const offered = (type: string): NonNullable<Provider['speech']> => {
  const { speech } = knownProviders[type as ProviderType].adapter as Provider
  if (speech === undefined) throw new Error(`${type} does not speak`)
  return speech
}

const callOf = (more: object = {}): SpeechCall => {
  const request = { model: 'a', input: 'Hello', voice: 'alloy', metadata: { a: 'b' }, ...more }
  return readSpeechCall(Buffer.from(JSON.stringify(request)), { id: mintRequestId(0), receivedAt: 0 })
}

test('every provider that speaks is held to it here', () => {
  const missing = types.filter(
    (type) => (knownProviders[type].adapter as Provider).speech !== undefined && suites[type] === undefined,
  )
  expect(missing.map((type) => `${type} speaks: give it a row in speech.test.ts`)).toEqual([])
})

/** As OpenAI shows them (platform.openai.com/docs/api-reference/audio). */
const events = `data: {"type":"speech.audio.delta","audio":"SUQz"}

data: {"type":"speech.audio.delta","audio":"AAAA"}

data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}

`

describe.each(Object.entries(suites))('%s', (type, path) => {
  test('is asked for a sound with what is its own', () => {
    const bytes = offered(type).bytes?.(callOf(), target)
    expect(bytes?.request.path).toBe(path)
    const own = (knownProviders[type as ProviderType].adapter as Provider).routesItself === true
    expect(JSON.parse(String(Buffer.concat(bytes?.request.body ?? [])))).toEqual({
      model: 'upstream-model',
      input: 'Hello',
      voice: 'alloy',
      ...(own && { metadata: { a: 'b' } }),
    })
  })

  test.each([
    ['audio/mpeg', true],
    ['audio/pcm; rate=24000', true],
    ['application/octet-stream', true],
    ['application/json', false],
    ['text/html', false],
    ['', false],
  ])('sends a sound as %j: %s', (contentType, is) => {
    expect(offered(type).bytes?.(callOf(), target)?.types.test(contentType)).toBe(is)
  })

  const call = callOf({ stream_format: 'sse' })

  test('speaks in events where they are asked for', () => {
    expect(offered(type).bytes?.(call, target)).toBeUndefined()
    for (const size of [1, 50, 10_000]) {
      const heard = listenTo(type, call, events, size)
      expect(heard.sound.toString('latin1')).toBe('ID3\0\0\0')
      expect(heard.facts.usage).toEqual({ inputTokens: 14, outputTokens: 101, audioOutputTokens: 101 })
      expect(heard.sees & Sees.Finish).toBeTruthy()
    }
  })

  test('may answer with a sound all the same, which is put into events', () => {
    const sound = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251))
    const heard = collecting()
    offered(type).stream?.(call, target)?.fromAnswer(sound, heard.emit)
    expect(heard.result().sound.equals(sound)).toBe(true)
    expect(heard.result().sees & Sees.Finish).toBeTruthy()
  })

  test.each([
    ['an error among its events', 'data: {"error":{"message":"no","code":"server_error"}}\n\n'],
    ['an event that is no JSON', 'data: {"type":"speech.audio.d\n\n'],
  ])('fails with %s', (_, told) => {
    expect(listenTo(type, call, told, 10).sees & Sees.Failure).toBeTruthy()
  })

  test('fails with JSON in the place of a sound', () => {
    const heard = collecting()
    offered(type).stream?.(call, target)?.fromAnswer(Buffer.from('{"error":{"message":"no"}}'), heard.emit)
    expect(heard.result().sees & Sees.Failure).toBeTruthy()
  })
})

interface Heard {
  readonly sound: Buffer
  readonly facts: FrameFacts
  readonly sees: number
}

function collecting(): { emit: Emit; result: () => Heard } {
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
      const pieces: Buffer[] = []
      new FrameCutter().push(Buffer.concat(frames), (frame) => {
        const { audio } = JSON.parse(String(dataOf(frame))) as { audio?: string }
        if (audio !== undefined) pieces.push(Buffer.from(audio, 'base64'))
      })
      return { sound: Buffer.concat(pieces), facts, sees }
    },
  }
}

function listenTo(type: string, call: SpeechCall, told: string, size: number): Heard {
  const stream = offered(type).stream?.(call, target)
  const { emit, result } = collecting()
  const cutter = new FrameCutter()
  const bytes = Buffer.from(told)
  for (let at = 0; at < bytes.length; at += size)
    cutter.push(bytes.subarray(at, at + size), (frame) => stream?.translator.frame(frame, emit))
  return result()
}
