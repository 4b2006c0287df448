import { DUE_DIGITS, DUE_MARK } from '../upstream/answers.ts'

const LENGTH = DUE_MARK.length + DUE_DIGITS
const ZERO = 48
const [FIRST_OF_MARK] = Buffer.from(DUE_MARK)

/** Finds in a stream the times at which its chunks were due, wherever reads cut it. */
export class DueTimes {
  readonly #found: (microseconds: number) => void
  #rest: Buffer | undefined

  constructor(found: (microseconds: number) => void) {
    this.#found = found
  }

  read(bytes: Buffer): void {
    const whole = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes])
    let at = whole.indexOf(DUE_MARK)
    while (at !== -1 && at + LENGTH <= whole.length) {
      this.#found(numberAt(whole, at + DUE_MARK.length))
      at = whole.indexOf(DUE_MARK, at + LENGTH)
    }
    if (at !== -1) this.#rest = Buffer.from(whole.subarray(at))
    else this.#rest = whole.at(-1) === FIRST_OF_MARK ? Buffer.from(whole.subarray(-1)) : undefined
  }
}

function numberAt(bytes: Buffer, from: number): number {
  let number = 0
  for (let at = from; at < from + DUE_DIGITS; at += 1) number = number * 10 + ((bytes[at] ?? ZERO) - ZERO)
  return number
}
