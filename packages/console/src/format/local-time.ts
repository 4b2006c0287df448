const MINUTE_MS = 60_000

/** A moment as a field of the type `datetime-local` has it: to the minute, by the visitor's clock. Of none it is empty. */
export function localTime(at: string | null): string {
  if (at === null) return ''
  const moment = new Date(at)
  return new Date(moment.getTime() - moment.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}

/** The moment that such a field says, as the API takes it. */
export const momentOf = (local: string): string => new Date(local).toISOString()
