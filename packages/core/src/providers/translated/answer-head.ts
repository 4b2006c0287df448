import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { TranslationTarget } from '../provider.ts'
import type { ChunkHead } from './chunk-writer.ts'

/**
 * What an answer is called and when it came, for upstreams that do not say so themselves.
 *
 * @param id the upstream's, where it gave one.
 */
export const answerHead = (call: ChatCall, { model }: TranslationTarget, id?: string): ChunkHead => ({
  id: id ?? `chatcmpl-${call.id}`,
  created: Math.trunc(call.receivedAt / 1000),
  model,
})
