import { isUtf8 } from 'node:buffer'
import { readEmbeddingsCall } from '@speka/core'
import type { ReadCall } from './engine-endpoint.ts'
import { loadTokenizer } from './tokenizer.ts'

/** `POST /v1/embeddings`: text, or tokens, which the Python LangChain sends and few upstreams take. */
export const embeddings: ReadCall = (body, facts) =>
  mayHoldTokens(body)
    ? loadTokenizer().then((tokenizer) => readEmbeddingsCall(body, facts, { isUtf8, tokenizer }))
    : readEmbeddingsCall(body, facts, { isUtf8 })

const INPUT = '"input"'
const TOKENS = /^\s*:\s*\[\s*[[\d]/
/** Room for the spaces that somebody might put between a key and its value. */
const NEAR_BYTES = 64

/** Whether a body is worth the megabytes of a tokenizer. A text that looks so costs only them. */
function mayHoldTokens(body: Buffer): boolean {
  for (let at = body.indexOf(INPUT); at !== -1; at = body.indexOf(INPUT, at + 1)) {
    const from = at + INPUT.length
    if (TOKENS.test(body.toString('latin1', from, from + NEAR_BYTES))) return true
  }
  return false
}
