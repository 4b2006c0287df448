import { isRecord, type Json } from '../../json.ts'
import type { PictureMade } from '../../operations/chat/chat.ts'
import { argumentsText } from '../tool-calls/arguments-text.ts'
import type { HoldsCall } from '../translated/parse-keeping-calls.ts'

/** One thing that a candidate says. */
export type Said =
  | { readonly kind: 'text' | 'thought'; readonly text: string; readonly signature: string | undefined }
  | { readonly kind: 'picture'; readonly picture: PictureMade; readonly signature: string | undefined }
  | {
      readonly kind: 'call'
      /** Gemini's, where it gave one. */
      readonly id: unknown
      readonly name: string
      /** JSON. */
      readonly args: string
      readonly signature: string | undefined
    }

/** Whether a response has the arguments of a tool call in it. */
export const holdsCall: HoldsCall = ({ candidates }) => {
  if (!Array.isArray(candidates)) return false
  for (const candidate of candidates) {
    const content: unknown = isRecord(candidate) ? candidate['content'] : undefined
    const parts = isRecord(content) ? content['parts'] : undefined
    if (!Array.isArray(parts)) continue
    for (const part of parts) if (isRecord(part) && part['functionCall'] !== undefined) return true
  }
  return false
}

/** Which choice a candidate is. @param at its place in the response. */
export const indexOf = ({ index }: Json, at: number): number =>
  typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : at

export function partsIn(candidate: Json): Json[] {
  const content = candidate['content']
  const parts = isRecord(content) ? content['parts'] : undefined
  return Array.isArray(parts) ? parts.filter(isRecord) : []
}

/** Parts of kinds that OpenAI's shape has no room for say nothing, and neither do sketches that are a thought. */
export function readPart(part: Json): Said | undefined {
  const { text, thought, functionCall: call, thoughtSignature } = part
  const signature = typeof thoughtSignature === 'string' && thoughtSignature !== '' ? thoughtSignature : undefined
  if (typeof text === 'string') return { kind: thought === true ? 'thought' : 'text', text, signature }
  const picture = thought === true ? undefined : pictureIn(part)
  if (picture !== undefined) return { kind: 'picture', picture, signature }
  if (!isRecord(call) || typeof call['name'] !== 'string') return undefined
  const { id, name, args } = call
  return {
    kind: 'call',
    id,
    name,
    args: argumentsText(args),
    signature,
  }
}

/** A picture with its bytes, or where it lies. */
function pictureIn({ inlineData: data, fileData: file }: Json): PictureMade | undefined {
  if (isPicture(data) && typeof data['data'] === 'string' && data['data'] !== '')
    return pictureAt(`data:${data['mimeType']};base64,${data['data']}`)
  return isPicture(file) && typeof file['fileUri'] === 'string' ? pictureAt(file['fileUri']) : undefined
}

const isPicture = (data: unknown): data is Json & { readonly mimeType: string } =>
  isRecord(data) && typeof data['mimeType'] === 'string' && /^image\/[\w.+-]+$/.test(data['mimeType'])

const pictureAt = (url: string): PictureMade => ({ type: 'image_url', image_url: { url } })
