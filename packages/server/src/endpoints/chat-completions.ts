import { readChatCall } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/chat/completions` */
export const chatCompletions: ReadCall = (body, facts, aids) => readChatCall(body, facts, aids)
