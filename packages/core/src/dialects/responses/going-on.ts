import { scanObject } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import type { OpenedId } from '../../sealed-id.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { keptAs } from '../../wire/dialect-name.ts'
import { openKept } from '../../wire/kept-for.ts'
import { unsupported } from '../refuse-fields.ts'
import type { ResponsesRequest } from './shapes.ts'

/**
 * Where the response is that a request goes on with; `undefined`: it goes on with none. An id that is not the caller's leads
 * nowhere, which those find who could have had it.
 *
 * @throws SpekaError `unsupported_parameter` where nothing can be continued.
 */
export function keptBefore(request: ResponsesRequest, facts: CallFacts): OpenedId | undefined {
  const { previous_response_id: sealed } = request
  if (typeof sealed !== 'string') return undefined
  const { idSeal, maxCost } = facts
  if (idSeal === undefined) throw unsupported('previous_response_id', NO_SECRET)
  if (maxCost !== undefined) throw unsupported('previous_response_id', NO_BOUND)
  return openKept(keptAs.responses, facts, sealed) ?? nowhere
}

const NO_SECRET =
  'Going on with a kept response takes a secret that its id is sealed with: a server has one, and a gateway in process gets it as createGateway({ config, idSecret }). Send the whole conversation as "input".'

const NO_BOUND =
  'What a response costs that goes on with another is not known before, so it cannot be held to a limit. Send the whole conversation as "input", or no limit.'

const nowhere: OpenedId = { provider: '', id: '', isOf: () => false }

type Sent = Pick<NativeRequest, 'body' | 'scan'>

/** The caller's request under the id by which the upstream knows what it goes on with. */
export function goingOnWith({ id }: OpenedId, { body, scan }: Sent): Sent {
  const written = join(splice(body, [setMember(scan, 'previous_response_id', JSON.stringify(id))]))
  return { body: written, scan: scanObject(written) ?? scan }
}
