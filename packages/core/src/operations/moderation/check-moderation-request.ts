import { SpekaError } from '../../errors.ts'
import { isRecord } from '../../json.ts'
import { checkKinds, checkModel, missing, sharedFields, wrong, type Kind } from '../../wire/check-field.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'
import type { ModerationFields } from './moderation.ts'

const INPUT: Kind = { article: 'a text, an array of texts, or an array of parts', is: () => false }
const PART: Kind = { article: 'a text, or a part with a "type" as all the others are', is: () => false }

/**
 * Checks the fields of a moderation request that the gateway itself relies on.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkModerationRequest(value: unknown): ModerationFields {
  const request = checkModel(value)
  checkInput(request['input'])
  checkKinds(request, sharedFields)
  if (request['provider'] != null) checkPreferences(request['provider'])
  if (request['stream'] === true)
    throw new SpekaError('unsupported_parameter', 'Moderations do not stream. Leave "stream" out.', { param: 'stream' })
  return request as unknown as ModerationFields
}

function checkInput(input: unknown): void {
  if (input === undefined || input === null) throw missing('input', 'what is to be judged')
  if (typeof input === 'string') return
  if (!Array.isArray(input)) throw wrong('input', INPUT)
  if (input.length === 0)
    throw new SpekaError('invalid_value', '"input" is empty. Send at least one text.', { param: 'input' })
  const areTexts = typeof input[0] === 'string'
  for (const [index, item] of (input as readonly unknown[]).entries()) {
    const fits = areTexts ? typeof item === 'string' : isRecord(item) && typeof item['type'] === 'string'
    if (!fits) throw wrong(`input[${index}]`, PART)
  }
}
