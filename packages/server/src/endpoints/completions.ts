import { isUtf8 } from 'node:buffer'
import { readCompletions } from '@speka/core'
import type { ReadCall } from './engine-endpoint.ts'
import { mayHoldTokens } from './may-hold-tokens.ts'
import { loadTokenizer } from './tokenizer.ts'

/** `POST /v1/completions`: a chat model answers a prompt, which is text or its tokens. */
export const completions: ReadCall = (body, facts) =>
  mayHoldTokens(body, 'prompt')
    ? loadTokenizer().then((tokenizer) => readCompletions(body, facts, { isUtf8, tokenizer }))
    : readCompletions(body, facts, { isUtf8 })
