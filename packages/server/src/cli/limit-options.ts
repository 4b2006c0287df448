import type { LimitWindow } from '@speka/core/internal'
import { text, UsageError, type Options } from './command.ts'

/** How a window is called on the command line. */
const windowOf: Readonly<Record<string, LimitWindow>> = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  never: 'lifetime',
}

/** Options of rates, the same with keys and with limits. */
export const rateOptions = {
  reset: { type: 'string' },
  rpm: { type: 'string' },
  rpd: { type: 'string' },
  tpm: { type: 'string' },
  'max-parallel': { type: 'string' },
} as const

/** The option of each field of amounts, but for the money, which has an option of its own with keys. */
export const amountOptions = {
  window: 'reset',
  rpm: 'rpm',
  rpd: 'rpd',
  tpm: 'tpm',
  max_parallel: 'max-parallel',
} as const

/**
 * How much options allow: `null` for one that is given nothing. Whether it is an amount, the operation says.
 *
 * @param money the option of an amount of money.
 * @throws UsageError for a window that there is not.
 */
export function readAmounts(options: Options, money: 'usd' | 'limit-usd'): Record<string, unknown> | undefined {
  const amounts = {
    usd: orNothing(text(options, money)),
    window: readWindow(text(options, 'reset'), options[money] !== undefined, money),
    rpm: wholeOf(text(options, 'rpm')),
    rpd: wholeOf(text(options, 'rpd')),
    tpm: wholeOf(text(options, 'tpm')),
    max_parallel: wholeOf(text(options, 'max-parallel')),
  }
  return Object.values(amounts).every((amount) => amount === undefined) ? undefined : amounts
}

function readWindow(given: string | undefined, hasMoney: boolean, money: string): LimitWindow | undefined {
  if (given === undefined) return undefined
  if (!hasMoney) throw new UsageError(`--reset has a meaning only with --${money}: rates have windows of their own.`)
  const window = Object.hasOwn(windowOf, given) ? windowOf[given] : undefined
  if (window !== undefined) return window
  throw new UsageError(`--reset must be one of ${Object.keys(windowOf).join(', ')}, not "${given}".`)
}

const orNothing = (given: string | undefined): string | null | undefined => (given === '' ? null : given)

const wholeOf = (given: string | undefined): number | string | null | undefined =>
  given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : orNothing(given)
