import type { RateAnswer, RateReturn, RateWant } from '@speka/core/internal'

/** What a worker and its supervisor say to each other so that workers keep one rate. It goes from process to process as JSON. */
export type RateMessage =
  /** From a worker: what it needs, under a number of its own. */
  | { readonly spekaRates: number; readonly wants: readonly RateWant[] }
  | { readonly spekaRatesAnswered: number; readonly answers: readonly RateAnswer[] }
  /** From a worker: what it no longer needs. */
  | { readonly spekaRatesReturned: readonly RateReturn[] }

/** The other end of a line between two processes. */
export interface RatePeer {
  /** @param failed - Called when it could not be sent. */
  send(message: RateMessage, failed: (error: Error) => void): void
  hear(listener: (message: RateMessage) => void): void
}

const keys = ['spekaRates', 'spekaRatesAnswered', 'spekaRatesReturned'] as const

/** Whether a message between two processes is one of these. */
export const isRateMessage = (message: unknown): message is RateMessage =>
  typeof message === 'object' && message !== null && keys.some((key) => key in message)
