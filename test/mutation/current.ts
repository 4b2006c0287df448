/** The mutant that this process tests: what the transform gives out in place of a source. */
export const current: { file: string; code: string } = { file: '', code: '' }
