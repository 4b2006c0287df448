import type { UpstreamRequest } from '../../transport.ts'
import type { Call } from '../../operations/call.ts'
import { dropMembers, setMember, splice, type Edit } from '../../bytes/splice.ts'
import type { TranslationTarget } from '../provider.ts'

/** Fields that are the gateway's own: they steer it, or are kept with the usage record. */
export const gatewayFields: ReadonlySet<string> = new Set(['models', 'provider', 'metadata', 'session_id'])

export const isGatewayField = (field: string): boolean => gatewayFields.has(field)

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * The caller's bytes under the model's upstream name, without what is the gateway's own.
 *
 * @param isGateway whether the upstream is a gateway that falls back by itself and wants the gateway's fields.
 * @param more further changes to the body.
 * @param leavesOut whether a member of the body goes, by its name and index. Default: the gateway's own go.
 */
export function jsonRequest(
  path: string,
  { body, scan, outline, stream }: Call,
  target: TranslationTarget,
  isGateway: boolean,
  more: readonly Edit[] = [],
  leavesOut: (key: string, index: number) => boolean = isGatewayField,
): UpstreamRequest {
  const edits: Edit[] = [...more]
  if (outline.model !== target.upstreamModel) edits.push(setMember(scan, 'model', JSON.stringify(target.upstreamModel)))
  if (isGateway) {
    if (target.fallbackModels !== undefined)
      edits.push(setMember(scan, 'models', JSON.stringify(target.fallbackModels)))
  } else {
    edits.push(...dropMembers(scan, leavesOut))
  }
  return {
    method: 'POST',
    path,
    headers: stream ? STREAM_HEADERS : HEADERS,
    body: edits.length === 0 ? [body] : splice(body, edits),
  }
}
