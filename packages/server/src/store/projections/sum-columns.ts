/** Columns by which hours are told apart; all are numbers that texts stand behind, but for the hour itself and the labels. */
export const HOUR_KEY = ['hour', 'account', 'key', 'labels', 'model', 'provider'] as const
export const DAY_KEY = ['day', 'account', 'customer'] as const
export const FAULT_KEY = ['hour', 'model', 'fault'] as const
/** By account and month first, which is how they are read. */
export const PRICE_KEY = ['account', 'month', 'key', 'labels', 'model', 'price'] as const

/** What adds up, before the counts of the units. Amounts stand as whole dollars and the rest in pico-dollars. */
export const SUMS = ['requests', 'failed', 'unpriced', 'charge_usd', 'charge_pico', 'cost_usd', 'cost_pico'] as const

/** Of what is to be billed: requests with a known charge, and that charge. */
export const PRICE_SUMS = ['requests', 'charge_usd', 'charge_pico'] as const

/** Pico-dollars to the dollar. */
export const DOLLAR = 1_000_000_000_000
