import { operationNames } from '../wire/operation-name.ts'
import type { Call } from '../operations/call.ts'
import type { UpstreamRequest } from '../transport.ts'
import type { NativeOperation, Provider, ProviderOperation, Reply, Step, TranslationTarget } from './provider.ts'

/** What becomes of a request before it is sent. */
export type ChangeRequest = (
  request: UpstreamRequest,
  /** What it is about; `undefined`: something that the upstream keeps. */
  upstreamModel: string | undefined,
) => UpstreamRequest

/** The same provider at a host that wants its requests at other paths: whatever it sends there is changed first. */
export function withRequests(provider: Provider, change: ChangeRequest): Provider {
  const operations = operationNames.flatMap((name) => {
    const operation: ProviderOperation | undefined = provider[name]
    return operation === undefined ? [] : [[name, operationWith(operation, change)] as const]
  })
  const native = Object.entries(provider.native ?? {}).map(
    ([dialect, operation]) => [dialect, nativeWith(operation, change)] as const,
  )
  const { kept } = provider
  return {
    ...provider,
    ...Object.fromEntries(operations),
    ...(native.length > 0 && { native: Object.fromEntries(native) }),
    ...(kept !== undefined && {
      kept: { request: (question, id, query) => change(kept.request(question, id, query), undefined) },
    }),
  }
}

function nativeWith(operation: NativeOperation, change: ChangeRequest): NativeOperation {
  const { counting } = operation
  return {
    ...operation,
    ...operationWith(operation, change),
    ...(counting !== undefined && {
      counting: {
        ...counting,
        request: (call, target) => change(counting.request(call, target), target.upstreamModel),
      },
    }),
  }
}

function operationWith<Asked extends Call>(
  operation: ProviderOperation<Asked>,
  change: ChangeRequest,
): ProviderOperation<Asked> {
  return {
    ...operation,
    *answer(call, target) {
      const steps = operation.answer(call, target)
      let step = steps.next(NO_REPLY)
      while (step.done !== true)
        step = steps.next(yield changedStep(step.value, (sent) => change(sent, target.upstreamModel)))
      return step.value
    },
    ...(operation.stream !== undefined && {
      stream(call: Asked, target: TranslationTarget) {
        const plan = operation.stream?.(call, target)
        return plan && { ...plan, request: change(plan.request, target.upstreamModel) }
      },
    }),
    ...(operation.bytes !== undefined && {
      bytes(call: Asked, target: TranslationTarget) {
        const plan = operation.bytes?.(call, target)
        return plan && { ...plan, request: change(plan.request, target.upstreamModel) }
      },
    }),
  }
}

/** What lies elsewhere is fetched as it was pointed to. */
const changedStep = (step: Step, change: (request: UpstreamRequest) => UpstreamRequest): Step =>
  'send' in step && step.to === undefined ? { send: change(step.send) } : step

/** What a generator is begun with. */
const NO_REPLY: Reply = { status: 0, headers: {}, body: Buffer.alloc(0) }
