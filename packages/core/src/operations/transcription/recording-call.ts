import { scanObject } from '../../bytes/scan-object.ts'
import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { FormBody } from '../../wire/form/form-body.ts'
import { readFormFields, writeFormFields, type FieldReading } from '../../wire/form/form-fields.ts'
import { parseWholeBody, type BodyAids } from '../../wire/parse-body.ts'
import { checkRecording, checkTranscriptionRequest } from './check-transcription-request.ts'
import { fileEvents } from './recording-file.ts'
import type { TranscriptionFields } from './transcription.ts'

/** A recording on its way through the engine. Its fields are its body; the file stands in its form alone. */
export interface RecordingBody extends CallBody<TranscriptionFields> {
  readonly form: FormBody
}

/** A recording with a request for what it says. */
export interface TranscriptionCall extends RecordingBody {
  readonly endpoint: 'transcription'
}

/** A recording with a request for what it says in English. */
export interface TranslationCall extends RecordingBody {
  readonly endpoint: 'translation'
}

/** What is done with a recording. */
export type RecordingCall = TranscriptionCall | TranslationCall

const readings: Readonly<Record<string, FieldReading>> = { temperature: 'number' }

/**
 * Makes a call of a form.
 *
 * @throws SpekaError what {@link checkTranscriptionRequest} and {@link checkRecording} find.
 */
export function readRecording(form: FormBody, facts: CallFacts): RecordingBody {
  const fields = checkTranscriptionRequest(readFormFields(form.fields, readings))
  checkRecording(form)
  return bodyOf(form, fields, facts)
}

/**
 * Makes the same call of JSON, whose `file` is a `data:` URL.
 *
 * @throws SpekaError what {@link parseWholeBody} finds, and what is wrong with the request.
 */
export const readJsonRecording = (body: Bytes, facts: CallFacts, aids?: BodyAids): RecordingBody =>
  writeRecording(parseWholeBody(body, aids), facts)

/**
 * Makes the same call of an object.
 *
 * @throws SpekaError when it makes no sense.
 */
export function writeRecording(
  { file, filename, ...rest }: Readonly<Record<string, unknown>>,
  facts: CallFacts,
): RecordingBody {
  const fields = checkTranscriptionRequest(rest)
  const form = FormBody.of([...writeFormFields(rest), ...fileEvents(file, filename)])
  checkRecording(form)
  return bodyOf(form, fields, facts)
}

function bodyOf(form: FormBody, outline: TranscriptionFields, facts: CallFacts): RecordingBody {
  const body = Buffer.from(JSON.stringify(outline))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'A field of the form is nested deeper than 64 levels.')
  return { ...facts, form, body, scan, outline, stream: outline.stream === true, wantsUsage: false }
}
