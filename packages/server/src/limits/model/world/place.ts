import type { Implementation } from '../rules/seams.ts'
import { Disk } from './disk.ts'
import type { Random } from './random.ts'

/** Where one process runs at a time: it may be stopped, cut off, killed, and started again. */
export class Place {
  readonly index: number
  readonly disk = new Disk()
  /** How fast its clock runs. */
  readonly rate: number
  process: ReturnType<Implementation['startProcess']> | undefined
  /** Counts processes: what belongs to an earlier one is dropped. */
  life = 0
  isCut = false
  /** Since when it is neither stopped nor cut off. */
  wellSince = 0
  #waiting: { life: number; act: () => void }[] | undefined

  constructor(index: number, rate: number) {
    this.index = index
    this.rate = rate
  }

  get isStopped(): boolean {
    return this.#waiting !== undefined
  }

  /** Does something in the process of that life, now or when it wakes. */
  run(life: number, act: () => void): void {
    if (life !== this.life) return
    if (this.#waiting === undefined) act()
    else this.#waiting.push({ life, act })
  }

  stop(): void {
    this.#waiting ??= []
  }

  /**
   * Whoever wakes finds its timers due and its sockets full, in no certain order.
   *
   * @param inTurn - Does one thing after the other. Default: at once
   */
  wake(random: Random, now: number, inTurn: (act: () => void) => void = (act) => act()): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    this.wellSince = now
    while (waiting.length > 0) {
      const [next] = waiting.splice(random.chance(0.7) ? 0 : random.between(0, waiting.length - 1), 1)
      if (next !== undefined) inTurn(() => this.run(next.life, next.act))
    }
  }

  kill(): void {
    this.process = undefined
    this.life += 1
    this.#waiting = undefined
  }
}
