import { SpekaError } from '@speka/core'

/** A billing month in UTC, in ms since the epoch: from when, until before when. */
export interface MonthSpan {
  readonly from: number
  readonly until: number
}

const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/

/** Whether a text names a month as invoices do: `YYYY-MM`. */
export const isMonth = (text: string): boolean => MONTH.test(text)

/** From when until before when a month is, in UTC. @throws SpekaError `invalid_value` for what is no month */
export function spanOfMonth(month: string): MonthSpan {
  const [year, index] = partsOf(month)
  return { from: startOf(year, index), until: startOf(year, index + 1) }
}

/** The month behind another. @throws SpekaError `invalid_value` for what is no month */
export const nextMonth = (month: string): string => monthOf(spanOfMonth(month).until)

/** The month before another. @throws SpekaError `invalid_value` for what is no month */
export const previousMonth = (month: string): string => monthOf(spanOfMonth(month).from - 1)

/** The month in which a moment lies, in UTC. @param at in ms since the epoch */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)

/** The first moment of the month behind the one in which a moment lies. @param at in ms since the epoch */
export const endOfMonthAt = (at: number): number => spanOfMonth(monthOf(at)).until

function partsOf(month: string): readonly [year: number, index: number] {
  const [, year, number] = MONTH.exec(month) ?? []
  if (year === undefined || number === undefined)
    throw new SpekaError('invalid_value', `month must be a month such as 2026-11, not "${month.slice(0, 100)}".`, {
      param: 'month',
    })
  return [Number(year), Number(number) - 1]
}

/** `Date.UTC` alone takes the years below 100 for those of the 20th century. */
function startOf(year: number, index: number): number {
  const date = new Date(0)
  return date.setUTCFullYear(year, index, 1)
}
