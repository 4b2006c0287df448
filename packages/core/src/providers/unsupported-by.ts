import type { Call } from '../operations/call.ts'
import type { Provider, TranslationTarget } from './provider.ts'

/** The call's parameters that a target cannot take, whatever the endpoint. */
export function unsupportedBy(
  { chat, embeddings, images }: Provider,
  call: Call,
  target: TranslationTarget,
): readonly string[] {
  switch (call.endpoint) {
    case 'chat':
      return chat?.unsupported?.(call, target) ?? NONE
    case 'embeddings':
      return embeddings?.unsupported?.(call, target) ?? NONE
    case 'images':
      return images?.unsupported?.(call, target) ?? NONE
  }
}

const NONE: readonly string[] = []
