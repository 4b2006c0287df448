import cluster from 'node:cluster'
import { realClock, type Clock } from '@speka/core/node'
import { PatientClock, unreachedLine, type OwnerId, type RecallAnswer, type RecallLine } from '@speka/core/internal'
import type { NoticeBoard } from '../notices/notice-board.ts'
import { NoticeRecallLine } from './notice-recall-line.ts'
import { isRecallMessage, SILENT_AFTER_MS, type RecallPeer } from './recall-messages.ts'

/**
 * How this process reaches others with the same store: by notices where it shares that with other machines, as a worker by its supervisor,
 * and on its own not at all.
 */
export function openRecallLine(board?: NoticeBoard): RecallLine {
  const clock = new PatientClock(realClock)
  if (board !== undefined) return new NoticeRecallLine({ board, clock })
  return cluster.worker === undefined ? unreachedLine : new SupervisedLine(supervisor, clock)
}

const supervisor: RecallPeer = {
  send(message, failed) {
    process.send?.(message, undefined, undefined, (error) => {
      if (error !== null) failed()
    })
  },
  hear(listener) {
    process.on('message', (message: unknown) => {
      if (isRecallMessage(message)) listener(message)
    })
  },
}

/** Recalls by way of the supervisor, which knows who is where. */
export class SupervisedLine implements RecallLine {
  readonly #peer: RecallPeer
  readonly #clock: Pick<Clock, 'after'>
  readonly #open = new Map<number, (answer: RecallAnswer | undefined) => void>()
  #answer: ((budgetId: string) => Promise<RecallAnswer>) | undefined
  #last = 0

  constructor(peer: RecallPeer, clock: Pick<Clock, 'after'>) {
    this.#peer = peer
    this.#clock = clock
    peer.hear((message) => {
      if ('spekaRecalled' in message) this.#open.get(message.spekaRecalled)?.(message.answer ?? undefined)
      else if ('spekaRecalls' in message) void this.#giveBack(message.spekaRecalls, message.budgetId)
    })
  }

  recall(owner: OwnerId, budgetId: string): Promise<RecallAnswer | undefined> {
    this.#last += 1
    const number = this.#last
    return new Promise((resolve) => {
      const stopTimer = this.#clock.after(SILENT_AFTER_MS, () => end(undefined))
      const end = (answer: RecallAnswer | undefined): void => {
        stopTimer()
        this.#open.delete(number)
        resolve(answer)
      }
      this.#open.set(number, end)
      this.#peer.send({ spekaRecalls: number, owner, budgetId }, () => end(undefined))
    })
  }

  serve(answer: (budgetId: string) => Promise<RecallAnswer>): void {
    this.#answer = answer
  }

  known(owner: OwnerId): void {
    // Should the supervisor be gone, so is this process, soon.
    this.#peer.send({ spekaOwner: owner }, () => {})
  }

  async #giveBack(number: number, budgetId: string): Promise<void> {
    const answer = (await this.#answer?.(budgetId)) ?? null
    this.#peer.send({ spekaRecalled: number, answer }, () => {})
  }
}
