/** Numbers that stand for texts, so that names of models, keys and customers are kept once. */
export interface TextNumbers {
  /** The number of a text, which gets one if it has none yet; that of no text at all is 0. */
  numberOf(text: string | undefined): number
  textOf(number: number): string | undefined
}
