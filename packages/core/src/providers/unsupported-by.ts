import type { Call } from '../operations/call.ts'
import { nativeOperation } from './native-operation.ts'
import type { Provider, TranslationTarget } from './provider.ts'

/** The call's parameters that a target cannot take, whatever the endpoint. */
export function unsupportedBy(provider: Provider, call: Call, target: TranslationTarget): readonly string[] {
  const { chat, embeddings, images } = provider
  if (nativeOperation(call, provider) !== undefined) return NONE
  switch (call.endpoint) {
    case 'chat':
      return [...(call.leftOut ?? NONE), ...(chat?.unsupported?.(call, target) ?? NONE)]
    case 'embeddings':
      return embeddings?.unsupported?.(call, target) ?? NONE
    case 'images':
      return images?.unsupported?.(call, target) ?? NONE
  }
}

const NONE: readonly string[] = []
