import type { ChatRequest, EmbeddingsRequest, Gateway, PicoUsd } from '@speka/core'
import { mintRequestId, mostCost, writeChatCall, writeEmbeddingsCall } from '@speka/core/internal'

/** What an answer without a limit is taken to have at the most, in tokens. */
const EXPECTED_TOKENS = 4096

/** The most that a chat request can cost, as far as can be told before; `undefined` when a price is not known. */
export const costOfChat = (request: ChatRequest, { engine }: Gateway): PicoUsd | undefined =>
  // As the gateway will write it, which estimates by length.
  mostCost(writeChatCall({ ...request, stream: false }, facts()), engine.table, EXPECTED_TOKENS)

/** The same for embeddings, whose answer costs nothing. */
export const costOfEmbeddings = (request: EmbeddingsRequest, { engine }: Gateway): PicoUsd | undefined =>
  mostCost(writeEmbeddingsCall(request, facts()), engine.table, 0)

function facts() {
  const receivedAt = Date.now()
  return { id: mintRequestId(receivedAt), receivedAt }
}
