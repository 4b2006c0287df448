import { parseUsd, type PicoUsd } from '../money.ts'

/** What a customer subscribes to. */
export interface Plan {
  readonly id: 'free' | 'starter' | 'pro' | 'scale'
  /** Charged each month whatever is used. */
  readonly monthlyPrice: PicoUsd
  /** The allowance: usage that the monthly price already pays for. */
  readonly includedUsage: PicoUsd
  readonly requestsPerMinute: number
  /** How many virtual keys it may have. */
  readonly keys: number
  /** What happens beyond the allowance: requests stop, or are billed at the models' prices. */
  readonly overage: 'stop' | 'standard_rates'
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
    overage: 'standard_rates',
  },
  {
    id: 'pro',
    monthlyPrice: parseUsd('99'),
    includedUsage: parseUsd('150'),
    requestsPerMinute: 300,
    keys: 25,
    overage: 'standard_rates',
  },
  {
    id: 'scale',
    monthlyPrice: parseUsd('399'),
    includedUsage: parseUsd('750'),
    requestsPerMinute: 1_200,
    keys: 200,
    overage: 'standard_rates',
  },
]
