/** Words with commas between, as a field of a form has a list: the space around each is not part of it. */
export const wordsIn = (text: string): string[] => text.split(',').flatMap((word) => word.trim() || [])

/** A list as a field of a form has it. */
export const asWords = (list: readonly string[] | null | undefined): string => (list ?? []).join(', ')
