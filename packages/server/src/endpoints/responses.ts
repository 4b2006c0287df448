import { readCompaction, readResponses } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/responses`: answered by way of chat. */
export const responses: ReadCall = (body, facts, aids) => readResponses(body, facts, aids)

/** `POST /v1/responses/compact`: by targets that have the same, and by nobody else. */
export const compaction: ReadCall = (body, facts, aids) => readCompaction(body, facts, aids)
