import type { RateKind } from '../limit.ts'
import type { RateAnswer, RateWant } from './rate-authority.ts'

/**
 * Where processes of several machines have their rates counted: by its own clock, each question at once and as a whole. It counts in epochs:
 * one that has ended, or was lost, hands out nothing any more.
 */
export interface RateCounter {
  /** @returns `over` when it does not count in this epoch; `closed` when it does not know yet what counts in it. */
  ask(epoch: number, owner: string, wants: readonly RateWant[]): Promise<CounterAnswer | 'over' | 'closed'>
  /** Carried out once, or not at all: then it counts as used. @returns whether it counts in this epoch. */
  tell(epoch: number, owner: string, told: readonly CounterTold[]): Promise<boolean>
}

export interface CounterAnswer {
  /** When it answered, by its own clock, in ms. Packets have that time. */
  readonly at: number
  /** As many as there are wants. */
  readonly answers: readonly RateAnswer[]
}

export type CounterTold =
  /** Of what was handed out at a moment so much less counts; above zero: so much more counts from now on. */
  | {
      readonly kind: Exclude<RateKind, 'max_parallel'>
      readonly place: string
      readonly rate: number
      readonly at: number
      readonly by: number
    }
  | { readonly kind: 'max_parallel'; readonly place: string; readonly ended: number }
  /** All that is under way, by who has it: what was told before may be lost. No question of it is on its way meanwhile. */
  | { readonly kind: 'max_parallel'; readonly place: string; readonly underWay: number }

/** What counts in an epoch that begins: what was handed out in an earlier one. */
export interface CountedBefore {
  readonly kind: RateKind
  readonly place: string
  readonly rate: number
  /** How long ago, in ms; of `max_parallel`: 0. */
  readonly ageMs: number
  readonly amount: number
}

/** What an owner has under way, in an epoch that begins. */
export interface UnderWayBefore {
  readonly place: string
  readonly owner: string
  readonly amount: number
}
