import { budgetExhausted } from '../attempt/ended-at-bound.ts'
import { dataOf, FrameCutter } from '../bytes/frames.ts'
import { asBuffer } from '../bytes/scan-object.ts'
import type { AnswerSink, Commitment, Run } from '../engine.ts'
import { SpekaError } from '../errors.ts'
import { isRecord } from '../json.ts'
import type { UsageRecord } from '../meter/usage-record.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { Bytes } from '../transport.ts'
import type { GrowOutcome, Hold } from './admission.ts'

/** How much of a stream is paid for as it begins, and what more of it costs. */
export interface Slices {
  /** Tokens of each choice: what is set aside as it begins, and as many as it may come to. */
  readonly first: number
  readonly most: number
  readonly choices: number
  /** The most that the call can cost with so many tokens of each choice. */
  cost(tokens: number): PicoUsd
}

/** So much of a slice is left when the next one is asked for. */
const AHEAD = 1 / 2
/** After a refusal others may have given back by the time so many tokens more have come. */
const ASKS_AGAIN_AFTER = 256

/**
 * A stream of which a slice is set aside at a time. It goes on as long as what it has said at the most is paid for: each token
 * stands for a byte at least. What comes while the next slice is asked for waits.
 */
export class SlicedAnswer implements AnswerSink {
  readonly #sink: AnswerSink
  readonly #hold: Hold
  readonly #slices: Slices
  #run: Run | undefined
  /** Tokens of each choice that are set aside. */
  #held: number
  /** Said so far, at the most, by all choices. */
  #said = 0
  /** What has to be said before the next slice is asked for. */
  #askAt: number
  #asking: Promise<void> | undefined
  readonly #waiting: Bytes[] = []
  #ended = false
  /** Whether the upstream has no more to say. */
  #isOver = false

  constructor(sink: AnswerSink, hold: Hold, slices: Slices) {
    this.#sink = sink
    this.#hold = hold
    this.#slices = slices
    this.#held = slices.first
    this.#askAt = this.#paidFor * AHEAD
  }

  attach(run: Run): Run {
    this.#run = run
    return run
  }

  commit(by: Commitment): void {
    this.#sink.commit(by)
  }

  write(frames: Bytes): boolean {
    if (this.#ended) return true
    if (this.#isWhole) return this.#sink.write(frames)
    this.#said += mostTokensIn(frames)
    if (this.#asking === undefined && this.#said > this.#askAt) this.#ask()
    if (this.#said <= this.#paidFor || this.#isWhole) return this.#sink.write(frames)
    if (this.#asking === undefined) this.#end('exhausted')
    else this.#waiting.push(frames)
    return this.#ended
  }

  settle(record: UsageRecord, rest?: () => readonly Bytes[]): void | Promise<void> {
    // The upstream had more to say than it was let through, and has come to its end.
    this.#isOver = true
    if (this.#asking !== undefined && this.#waiting.length > 0)
      return this.#asking.then(() => this.#settle(record, rest))
    return this.#settle(record, rest)
  }

  finish(tail: readonly Bytes[], record: UsageRecord): void {
    this.#sink.finish(tail, record)
  }

  fail(error: SpekaError, record: UsageRecord, events?: Bytes): void {
    this.#sink.fail(error, record, events)
  }

  refuse(error: SpekaError, events?: Bytes): void {
    this.#sink.refuse(error, events)
  }

  get #paidFor(): number {
    return this.#held * this.#slices.choices
  }

  /** Whether all that it may come to is set aside: then nothing has to be counted any more. */
  get #isWhole(): boolean {
    return this.#held >= this.#slices.most
  }

  #ask(): void {
    const { first, most, cost } = this.#slices
    const next = Math.min(this.#held + first, most)
    const outcome = this.#hold.grow(picoUsd(cost(next) - cost(this.#held)))
    if (!(outcome instanceof Promise)) {
      this.#grown(outcome, next)
      return
    }
    this.#asking = outcome.then((told) => {
      this.#asking = undefined
      this.#grown(told, next)
    })
  }

  #grown(outcome: GrowOutcome, next: number): void {
    if (this.#ended || this.#isOver) return
    if (outcome === 'held') {
      const before = this.#paidFor
      this.#held = next
      this.#askAt = before + (this.#paidFor - before) * AHEAD
    } else this.#askAt = Math.min(this.#said + ASKS_AGAIN_AFTER, this.#paidFor)
    if (outcome === 'held' && this.#said > this.#paidFor && !this.#isWhole) this.#ask()
    else if (this.#waiting.length === 0) return
    else if (outcome === 'held') this.#letThrough()
    else this.#end(outcome)
  }

  #letThrough(): void {
    let takes = true
    for (const frames of this.#waiting.splice(0)) takes = this.#sink.write(frames)
    if (takes) this.#run?.resume()
  }

  #end(outcome: Exclude<GrowOutcome, 'held'>): void {
    this.#ended = true
    this.#run?.abort(outcome === 'exhausted' ? budgetExhausted() : unknownMore())
  }

  /** What it used in truth is known by now, and is less than what its bytes would have allowed. */
  #settle(record: UsageRecord, rest: (() => readonly Bytes[]) | undefined): void | Promise<void> {
    if (this.#waiting.length > 0 && !this.#ended) this.#letThrough()
    const { charge } = record
    if (charge === undefined || charge <= this.#hold.amount) return this.#sink.settle(record, rest)
    const outcome = this.#hold.grow(picoUsd(charge - this.#hold.amount))
    if (!(outcome instanceof Promise)) return this.#sink.settle(this.#paid(record, outcome), rest)
    return outcome.then((told) => this.#sink.settle(this.#paid(record, told), rest))
  }

  /** What could not be set aside for it is not charged: no budget comes to more than its cap. */
  #paid(record: UsageRecord, outcome: GrowOutcome): UsageRecord {
    if (outcome === 'held') return record
    return { ...record, charge: this.#hold.amount, usage: { ...record.usage, capped: true } }
  }
}

const unknownMore = (): SpekaError =>
  new SpekaError(
    'limit_unavailable',
    'The answer ends here: how much is left of a limit on money cannot be known at the moment. What was delivered is charged.',
    { retryAfterMs: 1000 },
  )

/** Members of an event that are no words of the model's, however long. */
const NOT_WORDS: ReadonlySet<string> = new Set(['role', 'id', 'type', 'logprobs', 'finish_reason', 'index'])

/** The most tokens that whole frames can have brought, in any dialect. */
function mostTokensIn(frames: Bytes): number {
  let tokens = 0
  new FrameCutter(Infinity).push(asBuffer(frames), (frame) => {
    const data = dataOf(frame)
    if (data?.[0] !== OPEN_BRACE) return
    const event: unknown = JSON.parse(data.toString('utf8'))
    if (isRecord(event)) tokens += bytesOfWords(event['choices'] ?? event['delta'])
  })
  return tokens
}

const OPEN_BRACE = 0x7b

function bytesOfWords(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value !== 'object' || value === null) return 0
  let bytes = 0
  for (const [name, inner] of Object.entries(value)) if (!NOT_WORDS.has(name)) bytes += bytesOfWords(inner)
  return bytes
}
