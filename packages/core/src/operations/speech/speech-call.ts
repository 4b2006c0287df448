import { asBuffer, memberCalled, type ObjectScan } from '../../bytes/scan-object.ts'
import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import {
  checkKinds,
  checkModel,
  missing,
  number,
  oneOf,
  sharedFields,
  text,
  textOrObject,
  wrong,
  type FieldKinds,
} from '../../wire/check-field.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'
import { writeBody } from '../../wire/write-body.ts'
import type { SpeechRequest } from './speech.ts'

/** A text to be spoken, on its way through the engine. */
export interface SpeechCall extends CallBody<SpeechRequest> {
  readonly endpoint: 'speech'
}

const optional: FieldKinds = {
  ...sharedFields,
  voice: textOrObject,
  instructions: text,
  response_format: text,
  speed: number,
  stream_format: oneOf('audio', 'sse'),
}

/**
 * Reads a request body from the wire.
 *
 * @throws SpekaError what {@link parseBody} finds, or what is wrong with the request.
 */
export function readSpeechCall(body: Bytes, facts: CallFacts, aids?: BodyAids): SpeechCall {
  const { value, scan } = parseBody(body, aids)
  return callOf(body, scan, checked(value), facts)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError when it makes no sense.
 */
export function writeSpeechCall(request: SpeechRequest, facts: CallFacts): SpeechCall {
  const outline = checked(request)
  const { body, scan } = writeBody(request)
  return callOf(body, scan, outline, facts)
}

/** Every sign of a text that is spoken counts, whatever its bytes are: what providers bill by. */
export function charactersOf({ body, scan }: SpeechCall): number {
  const input = memberCalled(scan, 'input')
  if (input === undefined) return 0
  // A long text stands in the body alone.
  const spoken: unknown = JSON.parse(asBuffer(body).toString('utf8', input.valueStart, input.valueEnd))
  if (typeof spoken !== 'string') return 0
  let characters = 0
  for (const _ of spoken) characters += 1
  return characters
}

/** The same at the most, without reading it: each has a byte at least. */
export function mostCharactersOf({ scan }: SpeechCall): number {
  const input = memberCalled(scan, 'input')
  return input === undefined ? 0 : input.valueEnd - input.valueStart
}

function checked(value: unknown): SpeechRequest {
  const request = checkModel(value)
  const input = request['input']
  if (input === undefined || input === null) throw missing('input', 'the text to be spoken')
  if (typeof input !== 'string') throw wrong('input', text)
  if (input === '') throw new SpekaError('invalid_value', '"input" is empty. Say what to speak.', { param: 'input' })
  checkKinds(request, optional)
  if (request['provider'] != null) checkPreferences(request['provider'])
  return request as unknown as SpeechRequest
}

const callOf = (body: Bytes, scan: ObjectScan, outline: SpeechRequest, facts: CallFacts): SpeechCall => ({
  ...facts,
  endpoint: 'speech',
  body,
  scan,
  outline,
  stream: outline.stream_format === 'sse',
  wantsUsage: false,
})
