import type { SpekaError } from '../errors.ts'
import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import type { NativeOperation, Provider, ProviderOperation, ProviderOperations, TranslationTarget } from './provider.ts'

/** How a provider serves what a call asks for; `undefined`: not at all. */
export const operationOf = (provider: ProviderOperations, call: Call): ProviderOperation | undefined =>
  provider[call.endpoint]

/** A dialect that caller and target share, and how the target is asked in it. */
export interface NativeWay {
  readonly dialect: NativeDialect
  readonly operation: NativeOperation
}

/** How to ask a target in the caller's own dialect; `undefined`: it is asked in chat, whatever the caller speaks. */
export function nativeOperation(call: Call, { native }: Pick<Provider, 'native'>): NativeWay | undefined {
  const asked = operations[call.endpoint].native?.(call)
  if (asked === undefined) return undefined
  const { dialect } = asked
  const operation = native?.[dialect]
  return operation && { dialect, operation }
}

/** Why a call cannot be translated into chat: only a target that speaks the caller's own dialect can be asked. */
export const refusalByChat = (call: Call): SpekaError | undefined =>
  operations[call.endpoint].native?.(call)?.untranslatable

/** A call as a target takes the most of it, which is asked in chat. The very same where all targets take the same. */
export function fittedTo(call: Call, { adapter, upstreamModel }: FittedTarget): Call {
  const extras = adapter.chatExtras?.(upstreamModel)
  return (extras && operations[call.endpoint].fitted?.(call, extras)) ?? call
}

interface FittedTarget extends Pick<TranslationTarget, 'upstreamModel'> {
  readonly adapter: Pick<Provider, 'chatExtras'>
}

/** The call's parameters that a target cannot take, and does not get. */
export function unsupportedBy(provider: Provider, asked: Call, target: TranslationTarget): readonly string[] {
  const native = nativeOperation(asked, provider)?.operation
  if (native !== undefined) return unsupportedNatively(native, asked, target)
  return unsupportedInChat(
    provider,
    fittedTo(asked, { upstreamModel: target.upstreamModel, adapter: provider }),
    target,
  )
}

/** The same of a call that is asked in the caller's own dialect. */
export const unsupportedNatively = (native: ProviderOperation, call: Call, target: TranslationTarget) =>
  native.unsupported?.(call, target) ?? NONE

/** The same of a call that is not, as the target takes it: see {@link fittedTo}. */
export function unsupportedInChat(provider: Provider, call: Call, target: TranslationTarget): readonly string[] {
  const unsupported = operationOf(provider, call)?.unsupported?.(call, target) ?? NONE
  const leftOut = operations[call.endpoint].leftOut?.(call) ?? NONE
  return leftOut.length === 0 ? unsupported : [...leftOut, ...unsupported]
}

const NONE: readonly string[] = []
