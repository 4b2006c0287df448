import type { Cutter } from '../../bytes/frames.ts'
import type { EventStreamMessage } from '../../bytes/event-stream.ts'
import { isRecord } from '../../json.ts'
import type { Call } from '../../operations/call.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'

export const EVENT_STREAM = 'application/vnd.amazon.eventstream'

/** An operation whose streams come as Amazon's events. */
export const framedBy = <Asked extends Call, Operation extends ProviderOperation<Asked>>(
  cutter: (limit?: number) => Cutter,
  operation: Operation & ProviderOperation<Asked>,
): Operation => ({
  ...operation,
  stream(call: Asked, target: TranslationTarget) {
    const plan = operation.stream?.(call, target)
    return plan && { ...plan, framing: { contentType: EVENT_STREAM, cutter } }
  },
})

/** How upstreams elsewhere call what Amazon calls so: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html */
const errorTypes: Readonly<Record<string, string>> = {
  throttlingException: 'rate_limit_error',
  validationException: 'invalid_request_error',
  serviceUnavailableException: 'overloaded_error',
  modelTimeoutException: 'timeout_error',
}

/** What an exception in a stream says, as an error object. */
export function exceptionIn({ type, payload }: EventStreamMessage): { type: string; message: string } {
  return { type: errorTypes[type] ?? 'api_error', message: messageIn(payload) ?? type }
}

function messageIn(payload: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'))
    return isRecord(value) && typeof value['message'] === 'string' ? value['message'] : undefined
  } catch {
    return undefined
  }
}
