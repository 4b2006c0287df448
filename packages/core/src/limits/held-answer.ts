import type { AnswerSink, Commitment } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import type { PicoUsd } from '../money.ts'
import type { Bytes } from '../transport.ts'
import type { Hold } from './admission.ts'
import type { Budget } from './budgets.ts'

/** Of a request that is charged: the budgets that its row counts in, and by which numbers it says so. */
export interface Counted {
  readonly budgets: readonly Budget[]
  readonly numbers: readonly number[]
}

/** What money was set aside for, and where the charge of its answer counts. */
export interface HeldFor {
  readonly hold: Hold
  /** The budgets that a row counts in. At once, unless the store has to be asked. */
  counted(record: UsageRecord): Counted | Promise<Counted>
  /** What the record says besides, about limits. */
  readonly notes?: UsageRecord['notes']
  /** Told once the row is durable. */
  kept(budgets: readonly Budget[], charge: PicoUsd): void
}

/** An answer that money is set aside for: what it is charged stays set aside until its row is durable, and the rest is free. */
export class HeldAnswer implements AnswerSink {
  readonly #sink: AnswerSink
  readonly #held: HeldFor
  #kept: UsageRecord | undefined

  constructor(sink: AnswerSink, held: HeldFor) {
    this.#sink = sink
    this.#held = held
  }

  commit(by: Commitment): void {
    this.#sink.commit(by)
  }

  write(frames: Bytes): boolean {
    return this.#sink.write(frames)
  }

  settle(record: UsageRecord, rest?: () => readonly Bytes[]): void | Promise<void> {
    const { hold, notes, counted } = this.#held
    const noted = notes === undefined ? record : { ...record, notes: { ...record.notes, ...notes } }
    // What it cost is not known where nobody has counted: then it is the most that it can have been, as long as that is known.
    const charge = record.charge ?? (hold.amount > 0n ? hold.amount : undefined)
    if (charge === undefined || charge === 0n) {
      this.#kept = noted
      hold.release()
      return this.#sink.settle(noted, rest)
    }
    const places = counted(record)
    return places instanceof Promise
      ? places.then((known) => this.#keep(noted, charge, known, rest))
      : this.#keep(noted, charge, places, rest)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#sink.finish(tail, this.#kept ?? record)
  }

  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void {
    this.#sink.fail(error, this.#kept ?? record, events)
  }

  refuse(error: SpekaError, events?: Bytes): void {
    this.#held.hold.release()
    this.#sink.refuse(error, events)
  }

  /** Until the store has answered, the charge stays set aside; and for good when nobody can say whether the row is there. */
  #keep(
    record: UsageRecord,
    charge: PicoUsd,
    { budgets, numbers }: Counted,
    rest: (() => readonly Bytes[]) | undefined,
  ): void | Promise<void> {
    const { hold, kept } = this.#held
    const usage = record.charge === undefined ? { ...record.usage, estimated: true } : record.usage
    this.#kept = { ...record, charge, budgets: numbers.length === 0 ? undefined : numbers, usage }
    hold.charge(charge, budgets)
    const settled = this.#sink.settle(this.#kept, rest)
    const over = (): void => {
      hold.settled()
      if (budgets.length > 0) kept(budgets, charge)
    }
    if (settled === undefined) return over()
    return settled.then(over, (error: unknown) => {
      if (SpekaError.is(error) && error.isUnrecorded) hold.release()
      throw error
    })
  }
}
