import { SpekaError } from '@speka/core'

/** Asks the database, and says in the caller's words what goes wrong. */
export type Ask = <T>(work: () => Promise<T>) => Promise<T>

/** @param errorOf what the database's failures are to whoever asked. */
export const askWith =
  (errorOf: (error: unknown) => SpekaError): Ask =>
  async (work) => {
    try {
      return await work()
    } catch (error) {
      throw SpekaError.is(error) ? error : errorOf(error)
    }
  }
