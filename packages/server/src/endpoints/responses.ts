import { readResponses } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/responses`: answered by way of chat. */
export const responses: ReadCall = (body, facts, aids) => readResponses(body, facts, aids)
