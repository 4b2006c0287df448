import type { UpstreamRequest } from '../../transport.ts'
import type { Call } from '../../wire/call.ts'
import { dropMembers, setMember, splice, type Edit } from '../../wire/splice.ts'
import type { TranslationTarget } from '../provider.ts'

/** Fields that steer the gateway and mean nothing to an upstream. */
const ROUTING_FIELDS = new Set(['models', 'provider'])

const HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }
const STREAM_HEADERS = { ...HEADERS, accept: 'text/event-stream' }

/**
 * The caller's bytes under the model's upstream name, without what steers the gateway.
 *
 * @param forwardsRouting whether the upstream is a gateway that falls back by itself and wants the routing fields.
 * @param more further changes to the body.
 */
export function jsonRequest(
  path: string,
  { body, scan, outline, stream }: Call,
  target: TranslationTarget,
  forwardsRouting: boolean,
  more: readonly Edit[] = [],
): UpstreamRequest {
  const edits: Edit[] = [...more]
  if (outline.model !== target.upstreamModel) edits.push(setMember(scan, 'model', JSON.stringify(target.upstreamModel)))
  if (!forwardsRouting) edits.push(...dropMembers(scan, (key) => ROUTING_FIELDS.has(key)))
  else if (target.fallbackModels !== undefined)
    edits.push(setMember(scan, 'models', JSON.stringify(target.fallbackModels)))
  return {
    method: 'POST',
    path,
    headers: stream ? STREAM_HEADERS : HEADERS,
    body: edits.length === 0 ? [body] : splice(body, edits),
  }
}
