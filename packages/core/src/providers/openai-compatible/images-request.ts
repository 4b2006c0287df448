import type { UpstreamRequest } from '../../transport.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import { setMember } from '../../bytes/splice.ts'
import type { TranslationTarget } from '../provider.ts'
import type { ImagesRules } from './images-rules.ts'
import { isGatewayField, jsonRequest } from './json-request.ts'

const PATH = '/images/generations'

/** The caller's bytes for another gateway, which gets every field as it is. */
export const gatewayImagesRequest = (call: ImagesCall, target: TranslationTarget): UpstreamRequest =>
  jsonRequest(PATH, call, target, true)

/**
 * The caller's bytes with what the upstream's rules change in them.
 *
 * @param call with `stream` as it is to be asked for, whatever the caller asked.
 * @param path where it is asked. Default: where images are drawn from a text.
 */
export function imagesRequest(
  call: DrawingCall,
  target: TranslationTarget,
  { writes }: ImagesRules,
  path = PATH,
): UpstreamRequest {
  const { scan, outline, stream } = call
  const changes: Readonly<Record<string, unknown>> = {
    ...(!stream && { stream: undefined, partial_images: undefined }),
    ...writes?.(outline, target.upstreamModel),
  }
  const leavesOut = (key: string): boolean =>
    isGatewayField(key) || (Object.hasOwn(changes, key) && changes[key] === undefined)
  const edits = Object.entries(changes).flatMap(([key, value]) =>
    value === undefined ? [] : setMember(scan, key, JSON.stringify(value)),
  )
  return jsonRequest(path, call, target, false, edits, leavesOut)
}
