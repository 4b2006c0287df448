import { SpekaError } from '../errors.ts'
import type { Answer, Operation, Reply, Step, StreamRequest } from '../providers/provider.ts'
import type { Target } from '../route/target.ts'
import type { Call } from '../operations/call.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
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

/** What chat has no word for is not sent to a target that is asked in chat. */
const withLeftOut = (prepared: Prepared, { leftOut }: ChatCall): Prepared =>
  leftOut === undefined || leftOut.length === 0
    ? prepared
    : { ...prepared, droppedParams: [...leftOut, ...prepared.droppedParams] }

/** Has a target's provider translate a call. */
export function prepare(asked: Call, target: Target): Prepared {
  const call = limitOutput(asked, target)
  const native = nativeOperation(call, target.adapter)
  if (native !== undefined && call.endpoint === 'chat') return { ...through(native.operation, call, target), native }
  const { chat, embeddings, images } = target.adapter
  switch (call.endpoint) {
    case 'chat':
      return withLeftOut(through(chat, call, target), call)
    case 'embeddings':
      return through(embeddings, call, target)
    case 'images':
      return through(images, call, target)
  }
}

function through<Asked extends Call>(operation: Operation<Asked> | undefined, call: Asked, target: Target): Prepared {
  if (operation === undefined)
    throw new SpekaError('internal_error', `Provider type "${target.adapter.type}" has no ${call.endpoint}.`)
  return {
    droppedParams: operation.unsupported?.(call, target) ?? NONE,
    stream: call.stream ? operation.stream?.(call, target) : undefined,
    answer: () => operation.answer(call, target),
  }
}

const NONE: readonly string[] = []
