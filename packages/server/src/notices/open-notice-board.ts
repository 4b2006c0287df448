import type { Clock } from '@speka/core'
import { randomUUID } from 'node:crypto'
import { checkNotice, type NoticeBoard, type NoticeListener } from './notice-board.ts'
import type { Notice, NoticeEngine } from './notice-engine.ts'

/** How often a board says something to itself, in ms: only what comes back shows that notices arrive. */
const BEAT_MS = 1000
/** A connection on which nothing was heard for so long is given up, in ms: three beats. */
const SILENT_MS = 3000
/** How long to wait before connecting again, in ms: doubled with each try that fails. */
const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 2000

export interface NoticeBoardOptions {
  readonly engine: NoticeEngine
  readonly clock: Pick<Clock, 'after' | 'monotonic'>
}

/** A board over an engine. It connects with the first who subscribes, and again whenever the connection is gone or silent. */
export const openNoticeBoard = (options: NoticeBoardOptions): NoticeBoard => new Board(options)

type State = 'unused' | 'connecting' | 'connected' | 'waiting' | 'closed'

class Board implements NoticeBoard {
  readonly #engine: NoticeEngine
  readonly #clock: Pick<Clock, 'after' | 'monotonic'>
  readonly #listeners = new Map<string, Set<NoticeListener>>()
  /** Its own channel, for what it says to itself. */
  readonly #echo = `echo_${randomUUID().replaceAll('-', '')}`
  #state: State = 'unused'
  #waitMs = FIRST_WAIT_MS
  /** Which connection it is, counted. */
  #attempt = 0
  #heardAt = -Infinity
  /** Since when silence counts: a connection that was made just now has said nothing yet. */
  #connectedAt = -Infinity
  #cancelTimer: () => void = () => {}
  #connecting: Promise<void> = Promise.resolve()

  constructor({ engine, clock }: NoticeBoardOptions) {
    this.#engine = engine
    this.#clock = clock
  }

  async publish(channel: string, text: string): Promise<boolean> {
    checkNotice(channel, text)
    this.#begin()
    if (this.#state === 'connecting') await this.#connecting
    if (this.#state !== 'connected') return false
    return this.#engine.send({ channel, text }).then(
      () => true,
      () => false,
    )
  }

  subscribe(channel: string, listener: NoticeListener): () => void {
    checkNotice(channel, '')
    const there = this.#listeners.get(channel)
    const listeners = there ?? new Set()
    listeners.add(listener)
    this.#listeners.set(channel, listeners)
    if (this.#state === 'connected') this.#listenTo(channel)
    else this.#begin()
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      this.#listeners.delete(channel)
      if (this.#state === 'connected') this.#engine.unlisten(channel).catch(() => {})
    }
  }

  lastHeardAt(): number {
    return this.#heardAt
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#cancelTimer()
    await this.#connecting
    await this.#engine.close()
  }

  #begin(): void {
    if (this.#state !== 'unused') return
    this.#connect()
  }

  #connect(): void {
    this.#state = 'connecting'
    this.#connecting = this.#tryConnecting()
  }

  async #tryConnecting(): Promise<void> {
    const channels = [this.#echo, ...this.#listeners.keys()]
    this.#attempt += 1
    const attempt = this.#attempt
    const lost = (): void => this.#lost(attempt)
    try {
      await this.#engine.connect(channels, { heard: (notice) => this.#heard(notice), lost })
    } catch {
      return lost()
    }
    if (this.#attempt !== attempt || this.#state !== 'connecting') return
    this.#state = 'connected'
    this.#connectedAt = this.#clock.monotonic()
    this.#tellGap(channels)
    for (const channel of this.#listeners.keys()) if (!channels.includes(channel)) this.#listenTo(channel)
    this.#beat()
  }

  #listenTo(channel: string): void {
    this.#engine.listen(channel).then(
      () => this.#tellGap([channel]),
      () => this.#engine.drop(),
    )
  }

  #tellGap(channels: readonly string[]): void {
    for (const channel of channels) for (const listener of this.#listeners.get(channel) ?? []) listener.gap?.()
  }

  #heard({ channel, text }: Notice): void {
    this.#heardAt = this.#clock.monotonic()
    this.#waitMs = FIRST_WAIT_MS
    for (const listener of this.#listeners.get(channel) ?? []) listener.heard(text)
  }

  /** @param attempt which connection: of one that was given up already it is no news. */
  #lost(attempt: number): void {
    if (this.#attempt !== attempt || this.#state === 'closed' || this.#state === 'waiting') return
    this.#state = 'waiting'
    this.#cancelTimer()
    this.#cancelTimer = this.#clock.after(this.#waitMs, () => this.#connect())
    this.#waitMs = Math.min(2 * this.#waitMs, LONGEST_WAIT_MS)
  }

  #beat(): void {
    if (this.#clock.monotonic() - Math.max(this.#heardAt, this.#connectedAt) > SILENT_MS) return this.#engine.drop()
    // Whether it was sent shows in whether it comes back.
    this.#engine.send({ channel: this.#echo, text: '' }).catch(() => {})
    this.#cancelTimer = this.#clock.after(BEAT_MS, () => this.#beat())
  }
}
