import type { Call } from '../operations/call.ts'
import type { AppliedLimit } from './limit.ts'

/** Told of a request that a limit has refused, so that it can be counted: it has no row. */
export type OnRefused = (call: Call, applied: AppliedLimit) => void
