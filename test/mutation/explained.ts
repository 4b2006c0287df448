/** Mutants that no test can notice, or none should have to, and why. */
export interface Explained {
  /** The end of the source's path. */
  readonly file: string
  /** How the mutants' names begin. */
  readonly names: readonly string[]
  readonly why: string
}

export const explained: readonly Explained[] = []
