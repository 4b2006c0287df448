import { asBuffer, memberCalled } from '../../bytes/scan-object.ts'
import { SpekaError } from '../../errors.ts'
import type { ModerationCall } from '../../operations/moderation/moderation-call.ts'
import type { ModerationPart } from '../../operations/moderation/moderation.ts'
import type { ModerationRules } from '../openai-compatible/moderations.ts'

/**
 * Mistral judges texts alone, and refuses fields that it does not know.
 *
 * https://docs.mistral.ai/api/endpoint/classifiers
 */
export const mistralModerations: ModerationRules = {
  takes: new Set(['model', 'input']),
  writeInput: ({ body, scan, outline }) => (arePartsOf(outline) ? [textOfParts({ body, scan })] : undefined),
}

const arePartsOf = ({ input }: ModerationCall['outline']): boolean =>
  Array.isArray(input) && typeof input[0] !== 'string'

/** Parts are judged together, which for texts is as one. */
function textOfParts({ body, scan }: Pick<ModerationCall, 'body' | 'scan'>): string {
  const member = memberCalled(scan, 'input')
  // Long texts stand in the outline only as a mark.
  const parts = JSON.parse(asBuffer(body).toString('utf8', member?.valueStart, member?.valueEnd)) as ModerationPart[]
  return parts.map(textOf).join('\n')
}

function textOf(part: ModerationPart, index: number): string {
  if (part.type === 'text' && 'text' in part && typeof part.text === 'string') return part.text
  const param = `input[${index}].type`
  const message = 'This model judges texts alone. Send pictures to one that takes them, such as omni-moderation-latest.'
  throw new SpekaError('unsupported_parameter', message, { param })
}
