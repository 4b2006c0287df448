import type { UpstreamRequest } from '../../transport.ts'
import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import { asBuffer, memberCalled } from '../../bytes/scan-object.ts'
import { setMember, type Edit } from '../../bytes/splice.ts'
import type { TranslationTarget } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import type { EmbeddingsRules } from './embeddings-rules.ts'
import { isGatewayField, jsonRequest } from './json-request.ts'

const PATH = '/embeddings'

/** The caller's bytes for another gateway, which gets every field as it is. */
export const gatewayEmbeddingsRequest = (call: EmbeddingsCall, target: TranslationTarget): UpstreamRequest =>
  jsonRequest(PATH, call, target, true)

/**
 * The caller's bytes with what the upstream's rules change in them.
 *
 * @param texts part of the input, to be sent in place of the whole.
 */
export function embeddingsRequest(
  call: EmbeddingsCall,
  target: TranslationTarget,
  { takes, renames = {}, asks }: EmbeddingsRules,
  texts?: readonly string[],
): UpstreamRequest {
  const { scan, outline, body } = call
  const { upstreamModel, fields } = asks?.(call, target) ?? { upstreamModel: target.upstreamModel, fields: {} }
  const leavesOut = (key: string): boolean =>
    !Object.hasOwn(fields, key) &&
    (isGatewayField(key) ||
      asksNothing(key, outline[key], target) ||
      (takes !== undefined && isOther(key, outline[key], takes)))
  const edits: Edit[] = Object.entries(fields).map(([key, value]) => setMember(scan, key, JSON.stringify(value)))
  if (texts !== undefined) edits.push(setMember(scan, 'input', JSON.stringify(texts)))
  for (const { key, keyStart, valueStart, valueEnd } of scan.members) {
    const name = Object.hasOwn(renames, key) ? renames[key] : undefined
    if (name === undefined || leavesOut(key)) continue
    const value = asBuffer(body).toString('utf8', valueStart, valueEnd)
    edits.push({ start: keyStart, end: valueEnd, text: `${JSON.stringify(name)}:${value}` })
  }
  return jsonRequest(PATH, call, { ...target, upstreamModel }, false, edits, leavesOut)
}

/** A strict upstream refuses even the `null` of what it does not know. */
const isOther = (key: string, value: unknown, takes: ReadonlySet<string>): boolean => !takes.has(key) || value === null

/** The length that the model's vectors have anyway: some upstreams refuse to be asked for any. */
const asksNothing = (key: string, value: unknown, { dimensions }: TranslationTarget): boolean =>
  key === 'dimensions' && dimensions !== undefined && value === dimensions

/** The parameters of a request that an upstream cannot take, by name, in the caller's order. */
export const unsupportedByRules = (
  { outline }: EmbeddingsCall,
  target: TranslationTarget,
  { takes }: EmbeddingsRules,
): string[] =>
  takes === undefined ? [] : parametersLeft(outline, takes).filter((key) => !asksNothing(key, outline[key], target))

/** The texts of a request, in batches of so many; `undefined` when one is enough. */
export function batchesOf({ body, scan, outline }: EmbeddingsCall, most: number): string[][] | undefined {
  if (!Array.isArray(outline.input) || outline.input.length <= most) return undefined
  const member = memberCalled(scan, 'input')
  // Long texts stand in the outline only as a mark.
  const texts = JSON.parse(asBuffer(body).toString('utf8', member?.valueStart, member?.valueEnd)) as string[]
  return Array.from({ length: Math.ceil(texts.length / most) }, (_, batch) =>
    texts.slice(batch * most, (batch + 1) * most),
  )
}
