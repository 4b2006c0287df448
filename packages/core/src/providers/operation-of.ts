import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import { nativeOperation } from './native-operation.ts'
import type { Provider, ProviderOperation, ProviderOperations, TranslationTarget } from './provider.ts'

/** How a provider serves what a call asks for; `undefined`: not at all. */
export const operationOf = (provider: ProviderOperations, call: Call): ProviderOperation | undefined =>
  provider[call.endpoint]

/** The call's parameters that a target cannot take, and does not get. */
export function unsupportedBy(provider: Provider, call: Call, target: TranslationTarget): readonly string[] {
  const native: ProviderOperation | undefined = nativeOperation(call, provider)?.operation
  if (native !== undefined) return native.unsupported?.(call, target) ?? NONE
  const unsupported = operationOf(provider, call)?.unsupported?.(call, target) ?? NONE
  const leftOut = operations[call.endpoint].leftOut?.(call) ?? NONE
  return leftOut.length === 0 ? unsupported : [...leftOut, ...unsupported]
}

const NONE: readonly string[] = []
