import {
  checkKinds,
  checkModel,
  flag,
  list,
  missing,
  number,
  sharedFields,
  text,
  type FieldKinds,
} from '../../wire/check-field.ts'
import { SpekaError } from '../../errors.ts'
import type { FormBody } from '../../wire/form/form-body.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'
import type { TranscriptionFields } from './transcription.ts'

const optional: FieldKinds = {
  ...sharedFields,
  language: text,
  prompt: text,
  response_format: text,
  temperature: number,
  timestamp_granularities: list,
  include: list,
  stream: flag,
}

/**
 * Checks the fields of a recording that the gateway itself relies on.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkTranscriptionRequest(value: unknown): TranscriptionFields {
  const request = checkModel(value)
  checkKinds(request, optional)
  if (request['provider'] != null) checkPreferences(request['provider'])
  return request as unknown as TranscriptionFields
}

/**
 * Checks that there is one recording, as far as that is known before it is sent.
 *
 * @throws SpekaError `missing_required_parameter` or `invalid_value`
 */
export function checkRecording({ file, isWhole }: FormBody): void {
  const { head, count, bytes } = file
  if (head === undefined) throw missing('file', 'the recording, as a file of the form')
  if (head.name !== 'file')
    throw new SpekaError(
      'missing_required_parameter',
      `"file" is missing. The form has a file "${head.name}" instead.`,
      {
        param: 'file',
      },
    )
  if (count > 1) throw new SpekaError('invalid_value', 'The form has several files. Send one.', { param: 'file' })
  if (isWhole && bytes === 0)
    throw new SpekaError('invalid_value', '"file" is empty. Send a recording.', { param: 'file' })
}
