import type { Failure } from '../../failure.ts'

/** An answer refused before a word of it was said: another model may do better. */
export const declined: Failure = { class: 'content_policy', mayBeBilled: true, message: 'declined the content' }
