/** Whether PostgreSQL keeps a text as it is: it has no character U+0000, and no half of a surrogate pair. In JSON both are escaped. */
export const isKeptWhole = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/**
 * A text as PostgreSQL keeps it: U+0000 becomes what half of a surrogate pair becomes, so that nothing that somebody says makes a statement fail
 * and what is looked for by such a text is not found.
 */
export const keptText = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text)
