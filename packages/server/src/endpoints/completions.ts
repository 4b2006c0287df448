import { openCompletions } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/completions`: a chat model answers a prompt, which is text or its tokens. */
export const completions: ReadCall = (body, facts, aids) => openCompletions(body, facts, aids)
