import { randomUUID } from 'node:crypto'
import type { Clock } from '@speka/core'
import type { OwnerId, RecallAnswer, RecallLine } from '@speka/core/internal'
import type { NoticeBoard } from '../notices/notice-board.ts'
import { channelOf, readRecallNotice, type RecallNotice } from './notice-recalls.ts'
import { SILENT_AFTER_MS } from './recall-messages.ts'

/**
 * When a recall is sent, in ms after it began, until it is answered: a notice may be lost, and an owner that began just now may not listen
 * yet.
 */
const SENT_AT_MS = [0, 60, 200, 450, 800]
/** How many recalls are known again when they come once more, by another engine: far more than come within a second. */
const MOST_SEEN = 1000

export interface NoticeRecallLineOptions {
  readonly board: NoticeBoard
  /** By which others are taken for silent. */
  readonly clock: Pick<Clock, 'after'>
}

/** Recalls between owners in different processes, and on different machines: each listens under its own id. */
export class NoticeRecallLine implements RecallLine {
  readonly #board: NoticeBoard
  readonly #clock: Pick<Clock, 'after'>
  /** Where answers to this process go. */
  readonly #answers = `answers_${randomUUID().replaceAll('-', '')}`
  readonly #open = new Map<number, (answer: RecallAnswer) => void>()
  readonly #seen = new Set<string>()
  #serve: ((budgetId: string) => Promise<RecallAnswer>) | undefined
  #owner: OwnerId | undefined
  #endListening: () => void = () => {}
  #last = 0

  constructor({ board, clock }: NoticeRecallLineOptions) {
    this.#board = board
    this.#clock = clock
    board.subscribe(this.#answers, { heard: (text) => this.#heardAnswer(text) })
  }

  recall(owner: OwnerId, budgetId: string): Promise<RecallAnswer | undefined> {
    this.#last += 1
    const number = this.#last
    return new Promise((resolve) => {
      const stop = [
        this.#clock.after(SILENT_AFTER_MS, () => end(undefined)),
        ...SENT_AT_MS.map((ms, tries) => {
          const send = (): void =>
            this.#say(channelOf(owner), { recalls: number, try: tries, from: this.#answers, owner, budgetId })
          if (ms > 0) return this.#clock.after(ms, send)
          send()
          return () => {}
        }),
      ]
      const end = (answer: RecallAnswer | undefined): void => {
        for (const stopTimer of stop) stopTimer()
        this.#open.delete(number)
        resolve(answer)
      }
      this.#open.set(number, end)
    })
  }

  serve(answer: (budgetId: string) => Promise<RecallAnswer>): void {
    this.#serve = answer
  }

  known(owner: OwnerId): void {
    if (owner === this.#owner) return
    this.#owner = owner
    this.#endListening()
    this.#endListening = this.#board.subscribe(channelOf(owner), { heard: (text) => void this.#heardRecall(text) })
  }

  #heardAnswer(text: string): void {
    const notice = readRecallNotice(text)
    if (notice !== undefined && 'recalled' in notice) this.#open.get(notice.recalled)?.(notice.answer)
  }

  async #heardRecall(text: string): Promise<void> {
    const notice = readRecallNotice(text)
    if (notice === undefined || !('recalls' in notice) || notice.owner !== this.#owner) return
    if (!this.#isNew(`${notice.from} ${notice.recalls} ${notice.try}`)) return
    const answer = await this.#serve?.(notice.budgetId)
    // Meanwhile it may have become another owner, whose answer is not asked for.
    if (answer === undefined || notice.owner !== this.#owner) return
    this.#say(notice.from, { recalled: notice.recalls, answer })
  }

  #isNew(place: string): boolean {
    if (this.#seen.has(place)) return false
    const [oldest] = this.#seen
    if (oldest !== undefined && this.#seen.size >= MOST_SEEN) this.#seen.delete(oldest)
    this.#seen.add(place)
    return true
  }

  /** Whether it arrives shows in whether it is answered. */
  #say(channel: string, notice: RecallNotice): void {
    void this.#board.publish(channel, JSON.stringify(notice))
  }
}
