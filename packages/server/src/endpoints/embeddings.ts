import { isUtf8 } from 'node:buffer'
import { readEmbeddingsCall } from '@speka/core'
import type { ReadCall } from './engine-endpoint.ts'
import { mayHoldTokens } from './may-hold-tokens.ts'
import { loadTokenizer } from './tokenizer.ts'

/** `POST /v1/embeddings`: text, or tokens, which the Python LangChain sends and few upstreams take. */
export const embeddings: ReadCall = (body, facts) =>
  mayHoldTokens(body, 'input')
    ? loadTokenizer().then((tokenizer) => readEmbeddingsCall(body, facts, { isUtf8, tokenizer }))
    : readEmbeddingsCall(body, facts, { isUtf8 })
