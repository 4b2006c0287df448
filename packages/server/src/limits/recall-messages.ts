import type { OwnerId, RecallAnswer } from '@speka/core/internal'

/** A holder that has not answered for so long is silent, in ms. */
export const SILENT_AFTER_MS = 1000

/** What a worker and its supervisor say to each other so that owners reach each other. It goes from process to process as JSON. */
export type RecallMessage =
  /** Under this id the worker is reached from now on. */
  | { readonly spekaOwner: OwnerId }
  /** From a worker: pass it on to the owner. From the supervisor: give back what is idle. */
  | { readonly spekaRecalls: number; readonly owner: OwnerId; readonly budgetId: string }
  /** `null`: it cannot be reached. */
  | { readonly spekaRecalled: number; readonly answer: RecallAnswer | null }

/** The other end of a line between two processes. */
export interface RecallPeer {
  /** @param failed - Called when it could not be sent. */
  send(message: RecallMessage, failed: () => void): void
  hear(listener: (message: RecallMessage) => void): void
}

const keys = ['spekaOwner', 'spekaRecalls', 'spekaRecalled'] as const

/** Whether a message between two processes is one of these. */
export const isRecallMessage = (message: unknown): message is RecallMessage =>
  typeof message === 'object' && message !== null && keys.some((key) => key in message)
