import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'

/**
 * The call of an answer that has begun and that nobody else will be asked for, without what only the upstream needed: it may
 * take minutes, and is metered by what is left.
 */
export const letGoOfPrompt = (call: Call): Call => operations[call.endpoint].lettingGo?.(call) ?? call
