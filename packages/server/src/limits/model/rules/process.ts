import type { Ask, OwnerId, Reply } from './messages.ts'
import { Owner } from './owner.ts'
import type { RunningOwner, Surroundings } from './seams.ts'

/** Begins the life of an owner: the model's own, or another. */
export type BeginLife = (id: OwnerId, registeredAt: number, around: Surroundings, fenced: () => void) => RunningOwner

/**
 * A process from its start on. It replays every spool it finds and retires who wrote it, and then begins a life as an owner; when
 * that life is over although the process is not, it does the same again. What it finds must have no living writer: in the gateway
 * a lock on the file says so, which goes with the process that held it.
 */
export class GatewayProcess {
  owner: RunningOwner | undefined
  readonly #around: Surroundings
  readonly #beginLife: BeginLife

  constructor(around: Surroundings, beginLife: BeginLife = (...life) => new Owner(...life)) {
    this.#around = around
    this.#beginLife = beginLife
    this.#begin()
  }

  #begin(): void {
    const { rules, spool } = this.#around
    if (!rules['one-life-one-owner']) {
      const before = spool.writers()[0]
      if (before !== undefined) return this.#live(before, this.#around.now())
    }
    this.#clear(spool.writers(), () => this.#register())
  }

  #clear(writers: readonly OwnerId[], done: () => void): void {
    const [writer, ...others] = writers
    if (writer === undefined) return done()
    const { rules, spool } = this.#around
    const replay: Ask = { kind: 'replay', owner: writer, rows: spool.rows(writer) }
    const retire: Ask = { kind: 'retire', owner: writer }
    const steps = rules['spool-before-retirement'] ? [replay, retire] : [retire, replay]
    this.#inTurn(rules['a-start-replays-every-spool'] ? steps : [retire], () => {
      spool.forget(writer)
      this.#clear(others, done)
    })
  }

  #inTurn(asks: readonly Ask[], done: () => void): void {
    const [first, ...others] = asks
    if (first === undefined) return done()
    this.#insist(first, () => this.#inTurn(others, done))
  }

  #register(): void {
    this.#insist({ kind: 'register', boot: this.#around.boot }, (reply, sentAt) => {
      if (reply.kind === 'registered') this.#live(reply.owner, sentAt)
    })
  }

  #live(owner: OwnerId, registeredAt: number): void {
    this.#around.spool.open(owner)
    this.owner = this.#beginLife(owner, registeredAt, this.#around, () => {
      this.owner = undefined
      this.#begin()
    })
  }

  /** Asks until it is answered, once. */
  #insist(ask: Ask, heard: (reply: Reply, sentAt: number) => void): void {
    let answered = false
    const send = (): void => {
      if (answered) return
      const sentAt = this.#around.now()
      this.#around.ask(ask, (reply) => {
        if (answered) return
        answered = true
        heard(reply, sentAt)
      })
      this.#around.after(this.#around.timing.resend, send)
    }
    send()
  }
}
