import type { Call } from '../operations/call.ts'
import type { NativeDialect } from '../wire/dialect-name.ts'
import type { NativeOperation, Provider } from './provider.ts'

/** A dialect that caller and target share, and how the target is asked in it. */
export interface NativeWay {
  readonly dialect: NativeDialect
  readonly operation: NativeOperation
}

/** How to ask a target in the caller's own dialect; `undefined`: it is asked in chat, whatever the caller speaks. */
export function nativeOperation(call: Call, { native }: Pick<Provider, 'native'>): NativeWay | undefined {
  if (call.endpoint !== 'chat' || call.native === undefined) return undefined
  const { dialect } = call.native
  const operation = native?.[dialect]
  return operation && { dialect, operation }
}
