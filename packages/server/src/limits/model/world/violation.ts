/**
 * What can break: the invariants by their numbers; `durable`, a finished answer without its row; `fenced`, an owner that acts although
 * it is dead; `reaped`, a living one given up; `late`, a late row where none may be; `calm`, a request that cannot be told although
 * nothing is broken.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'durable' | 'fenced' | 'reaped' | 'late' | 'calm'

/** An invariant is broken. */
export class Violation extends Error {
  readonly invariant: Invariant

  constructor(invariant: Invariant, message: string) {
    super(`${invariant}: ${message}`)
    this.name = 'Violation'
    this.invariant = invariant
  }
}
