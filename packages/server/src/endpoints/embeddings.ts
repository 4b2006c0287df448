import { openEmbeddingsCall } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/embeddings`: text, or tokens, which the Python LangChain sends and few upstreams take. */
export const embeddings: ReadCall = (body, facts, aids) => openEmbeddingsCall(body, facts, aids)
