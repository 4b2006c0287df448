import { SpekaError } from '../errors.ts'
import { operationOf, unsupportedBy } from '../providers/operation-of.ts'
import type { Answer, ProviderOperation, Reply, Step, StreamRequest } from '../providers/provider.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import { nativeOperation, type NativeWay } from '../providers/native-operation.ts'
import { limitOutput } from './limit-output.ts'

/** A call as one target will be asked it. */
export interface Prepared {
  /** The call's parameters that the target cannot take. */
  readonly droppedParams: readonly string[]
  /** How to ask for a stream; `undefined`: the caller wants none, or the target has none. */
  readonly stream: StreamRequest | undefined
  /** How to ask for the whole answer. */
  readonly answer: () => Generator<Step, Answer, Reply>
  /** Set when it is asked in the caller's own dialect. */
  readonly native?: NativeWay | undefined
}

/** Has a target's provider translate a call. */
export function prepare(asked: Call, target: Target): Prepared {
  const call = limitOutput(asked, target)
  const native = nativeOperation(call, target.adapter)
  const operation: ProviderOperation | undefined = native?.operation ?? operationOf(target.adapter, call)
  if (operation === undefined)
    throw new SpekaError('internal_error', `Provider type "${target.adapter.type}" has no ${call.endpoint}.`)
  return {
    droppedParams: unsupportedBy(target.adapter, call, target),
    stream: call.stream ? operation.stream?.(call, target) : undefined,
    answer: () => operation.answer(call, target),
    ...(native !== undefined && { native }),
  }
}
