import type { Life } from './life.ts'
import type { RequestId, Row } from './messages.ts'
import type { Purse } from './purse.ts'

/** What settling needs of an owner: its purse may be another's than the model's. */
export interface SettlingLife extends Omit<Life, 'purse'> {
  readonly purse: Pick<Purse, 'shrink' | 'spend' | 'free'>
}

interface Unanswered {
  readonly row: Row
  /** Whether somebody still waits to hear how the answer ended. */
  waited: boolean
}

/** Rows on their way to the store. A row that was sent once is sent until the store has answered. */
export class Settling {
  readonly #life: SettlingLife
  readonly #rows = new Map<RequestId, Unanswered>()
  #numbered = 0
  #resends = false

  constructor(life: SettlingLife) {
    this.#life = life
  }

  get resting(): boolean {
    return this.#rows.size === 0
  }

  settle(row: Row): void {
    const { rules, timing, after } = this.#life.around
    const sent = rules['numbered-by-the-store'] ? row : { ...row, n: ++this.#numbered }
    this.#life.purse.shrink(row.id, row.charge)
    this.#rows.set(row.id, { row: sent, waited: true })
    this.#send([sent])
    after(timing.patience, () => this.#loseHope(row.id))
    this.#resendLater()
  }

  /** The owner is dead: what is not in its spool has failed. */
  end(): void {
    for (const id of this.#rows.keys()) this.#tell(id, 'failed')
    this.#rows.clear()
  }

  #send(rows: readonly Row[]): void {
    this.#life.ask({ kind: 'settle', owner: this.#life.owner, rows }, (reply) => {
      if (reply.kind === 'settled') for (const id of reply.ids) this.#answered(id)
    })
  }

  #answered(id: RequestId): void {
    if (!this.#rows.has(id)) return
    this.#tell(id, 'finished')
    this.#rows.delete(id)
    this.#life.purse.spend(id)
    this.#life.around.spool.remove(this.#life.owner, id)
  }

  #resendLater(): void {
    if (this.#resends) return
    this.#resends = true
    this.#life.around.after(this.#life.around.timing.resend, () => {
      this.#resends = false
      if (this.resting) return
      this.#send([...this.#rows.values()].map(({ row }) => row))
      this.#resendLater()
    })
  }

  /** The client waits no longer: the disk has the row now, or the answer has failed; the store may still take it either way. */
  #loseHope(id: RequestId): void {
    const one = this.#rows.get(id)
    if (one === undefined || !one.waited) return
    const { rules, spools, spool } = this.#life.around
    if (spools && (this.#life.trusted() || !rules['trust-before-a-spooled-finish'])) {
      spool.append(this.#life.owner, one.row)
      one.waited = false
      this.#life.around.tell(this.#life.owner, { kind: 'finished', request: id, by: 'spool' })
      return
    }
    this.#tell(id, 'failed')
    if (rules['resent-until-answered']) return
    this.#rows.delete(id)
    this.#life.purse.free(id)
  }

  #tell(id: RequestId, how: 'finished' | 'failed'): void {
    const one = this.#rows.get(id)
    if (one === undefined || !one.waited) return
    one.waited = false
    const news =
      how === 'failed' ? ({ kind: 'failed', sent: true } as const) : ({ kind: 'finished', by: 'store' } as const)
    this.#life.around.tell(this.#life.owner, { ...news, request: id })
  }
}
