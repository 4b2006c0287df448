import { isUtf8 } from 'node:buffer'
import { readChatCall } from '@speka/core'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/chat/completions` */
export const chatCompletions: ReadCall = (body, facts) => readChatCall(body, facts, isUtf8)
