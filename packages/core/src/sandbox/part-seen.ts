const LETTERS_AT_EACH_END = 500

/** As much of a text as the sandbox looks into: both ends of a long one. What it makes of megabytes would hold up everybody. */
export const partSeen = (text: string): string =>
  text.length <= 2 * LETTERS_AT_EACH_END ? text : text.slice(0, LETTERS_AT_EACH_END) + text.slice(-LETTERS_AT_EACH_END)
