import type { Call } from '../operations/call.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { writeChatCall } from '../operations/chat/chat-call.ts'
import type { ChatRequest } from '../operations/chat/chat.ts'
import { writeEmbeddingsCall } from '../operations/embeddings/embeddings-call.ts'
import type { EmbeddingsRequest } from '../operations/embeddings/embeddings.ts'
import type { Endpoint } from '../wire/endpoint.ts'
import { writeImagesCall } from '../operations/images/images-call.ts'
import type { ImagesRequest } from '../operations/images/images.ts'

/** A request to be explained: what would be sent, or only the model and the preferences. */
export type RequestToExplain = Readonly<Record<string, unknown>>

/**
 * Makes a call of a request that will not be sent, so it may lack what only an upstream needs.
 *
 * @param usual the endpoint to assume when the request has neither messages, input nor prompt.
 * @throws SpekaError for wrong fields, as the endpoint itself does.
 */
export function callToExplain(request: RequestToExplain, facts: CallFacts, usual: Endpoint): Call {
  switch (endpointOf(request) ?? usual) {
    case 'chat':
      return writeChatCall({ messages: [{ role: 'user', content: '' }], ...request } as unknown as ChatRequest, facts)
    case 'embeddings':
      return writeEmbeddingsCall({ input: ' ', ...request } as unknown as EmbeddingsRequest, facts, NO_TOKENS)
    case 'images':
      return writeImagesCall({ prompt: ' ', ...request } as unknown as ImagesRequest, facts)
  }
}

/** What tokens say makes no difference here: each counts as a letter. */
const NO_TOKENS = { decode: (tokens: readonly number[]) => 'x'.repeat(tokens.length) }

function endpointOf(request: RequestToExplain): Endpoint | undefined {
  if (request['messages'] !== undefined) return 'chat'
  if (request['input'] !== undefined) return 'embeddings'
  return request['prompt'] === undefined ? undefined : 'images'
}
