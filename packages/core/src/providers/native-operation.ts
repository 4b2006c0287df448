import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import type { NativeOperation, Provider } from './provider.ts'

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
