import { parseUsd, type PicoUsd } from '../money.ts'

/** What a customer subscribes to. */
export interface Plan {
  /** Its name, such as `starter`. */
  readonly id: string
  /** Charged each month whatever is used. */
  readonly monthlyPrice: PicoUsd
  /** The allowance: usage that the monthly price already pays for. */
  readonly includedUsage: PicoUsd
  /** Over all keys of the account; `undefined`: any number. */
  readonly requestsPerMinute: number | undefined
  /** How many virtual keys it may have; `undefined`: any number. */
  readonly keys: number | undefined
  /** What happens beyond the allowance: requests stop, or are billed at the models' prices. */
  readonly overage: 'stop' | 'bill'
  /** What else it has, such as `sso`. Default: nothing. */
  readonly features?: readonly string[] | undefined
}

/** The plans that ship with Speka, smallest first. */
export const plans: readonly Plan[] = [
  {
    id: 'free',
    monthlyPrice: parseUsd('0'),
    includedUsage: parseUsd('1'),
    requestsPerMinute: 10,
    keys: 1,
    overage: 'stop',
  },
  {
    id: 'starter',
    monthlyPrice: parseUsd('19'),
    includedUsage: parseUsd('25'),
    requestsPerMinute: 60,
    keys: 5,
    overage: 'bill',
  },
  {
    id: 'pro',
    monthlyPrice: parseUsd('99'),
    includedUsage: parseUsd('150'),
    requestsPerMinute: 300,
    keys: 25,
    overage: 'bill',
    features: ['audit'],
  },
  {
    id: 'scale',
    monthlyPrice: parseUsd('399'),
    includedUsage: parseUsd('750'),
    requestsPerMinute: 1_200,
    keys: 200,
    overage: 'bill',
    features: ['sso', 'audit'],
  },
]
