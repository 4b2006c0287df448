import type { Writable } from 'node:stream'

/** How much may wait for a slow reader of the log, in bytes. */
const MOST_WAITING = 1024 * 1024

/** Lines of log on their way out. A reader that is stuck or gone costs lines, never memory, time or the gateway. */
export class LogOutput {
  readonly #output: Writable
  #dropped = 0

  constructor(output: Writable) {
    this.#output = output
  }

  write(line: string): void {
    if (this.#output.destroyed || this.#output.writableLength + line.length > MOST_WAITING) {
      this.#dropped += 1
      return
    }
    if (this.#dropped > 0) {
      this.#output.write(
        `{"level":40,"dropped":${this.#dropped},"msg":"lines of this log were dropped: nobody read them"}\n`,
      )
      this.#dropped = 0
    }
    this.#output.write(line)
  }
}
