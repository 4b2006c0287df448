import { SpekaError } from '@speka/core'

/** What is wrong with an export, in words that say where. */
export const exportError = (message: string): SpekaError => new SpekaError('invalid_request', message)

/** A text of somebody else's in a message: not all of it, when it is long. */
export const shortened = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
