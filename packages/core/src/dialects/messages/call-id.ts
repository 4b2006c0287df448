/** Anthropic takes no other signs in the id of a call, and clients may send the conversation there next. */
const TAKEN = /^[\w-]+$/

/** How an id begins that stands for one with other signs in it, such as Moonshot's `functions.search:0`. */
const MARK = 'toolu_speka_'

/** A call's id as a caller of messages gets it. */
export const idForCaller = (id: string): string =>
  TAKEN.test(id) && !id.startsWith(MARK) ? id : MARK + Buffer.from(id).toString('base64url')

/** The id that the model gave it, by the caller's. */
export const idForModel = (id: string): string =>
  id.startsWith(MARK) ? Buffer.from(id.slice(MARK.length), 'base64url').toString('utf8') : id
