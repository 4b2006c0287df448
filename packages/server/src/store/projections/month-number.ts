const MONTHS_OF_YEAR = 12

/** Months counted through, from the year 0, in UTC. */
export function monthNumber(ms: number): number {
  const date = new Date(ms)
  return date.getUTCFullYear() * MONTHS_OF_YEAR + date.getUTCMonth()
}

/** A month as `YYYY-MM`. */
export function monthName(number: number): string {
  const month = (number % MONTHS_OF_YEAR) + 1
  const year = Math.floor(number / MONTHS_OF_YEAR)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}

/** The number of a month that stands as `YYYY-MM`; anything else is no month, and has no usage. */
export function readMonth(name: string): number | undefined {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name) ?? []
  return month === undefined ? undefined : Number(year) * MONTHS_OF_YEAR + Number(month) - 1
}
