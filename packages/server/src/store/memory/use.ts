import { SpekaError } from '@speka/core'

/** Does one thing with the store, as a promise; once the store is closed, it refuses. */
export type Use = <T>(work: () => T) => Promise<T>

/** @param isOpen whether the store may still be used. */
export const useWhile =
  (isOpen: () => boolean): Use =>
  (work) =>
    isOpen()
      ? new Promise((resolve) => resolve(work()))
      : Promise.reject(new SpekaError('storage_unavailable', 'The store is closed.'))
