/** The longest name by which a caller may tell its customers and sessions apart, in characters. */
export const MOST_NAME_CHARACTERS = 256

/** Whether a text can name a customer or a session: not empty, not too long, and nothing that a terminal would obey. */
export const isCallerName = (text: string): boolean =>
  text !== '' && text.length <= MOST_NAME_CHARACTERS && !/\p{Cc}/u.test(text) && text.isWellFormed()
