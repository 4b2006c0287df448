import type { TextNumbers } from '../../projections/text-numbers.ts'

/** Numbers that texts have in one batch, until it is known which they have in the database: so rows are added up without a wait. */
export interface BatchTexts extends TextNumbers {
  /** The texts of 1, 2, … */
  readonly all: readonly string[]
}

export function batchTexts(): BatchTexts {
  const numbers = new Map<string, number>()
  const all: string[] = []
  return {
    all,
    numberOf(text) {
      if (text === undefined) return 0
      let number = numbers.get(text)
      if (number === undefined) {
        number = all.push(text)
        numbers.set(text, number)
      }
      return number
    },
    textOf: (number) => (number === 0 ? undefined : all[number - 1]),
  }
}
