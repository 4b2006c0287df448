/** The day of a version that a name ends with: `-2024-07-18`, `-20251001`. */
const VERSION = /-(?:20\d{2}-\d{2}-\d{2}|20\d{6})$/

/**
 * What names of one model have in common, however an export writes it: `gpt-4o-mini-2024-07-18` for `gpt-4o-mini`, `Claude
 * Haiku 4.5` for `claude-haiku-4-5-20251001`. Versions of a model are added up with it, on both sides.
 */
export const modelKey = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s._]+/g, '-')
    .replace(VERSION, '')
