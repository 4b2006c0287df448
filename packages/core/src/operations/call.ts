import type { ChatCall } from './chat/chat-call.ts'
import type { EmbeddingsCall } from './embeddings/embeddings-call.ts'
import type { ImagesCall } from './images/images-call.ts'

/** A request on its way through the engine; `endpoint` tells which. */
export type Call = ChatCall | EmbeddingsCall | ImagesCall
