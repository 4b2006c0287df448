import type { BillingProvider } from '../billing-provider.ts'

/** Who takes payments, and says yes to everything. */
export const provider: BillingProvider = {
  name: 'stripe',
  createCustomer: async ({ id }) => `cus_of_${id}`,
  describeCustomer: async () => {},
  async collect({ number }, known, keep) {
    const reference = known ?? `in_of_${number}`
    await keep(reference)
    return { reference, state: 'open', at: 0 }
  },
  openCheckout: async (customer, _, plan) => ({ url: `https://pay.example/${customer}/${plan}`, expiresAt: 0 }),
  openPortal: async (customer) => ({ url: `https://pay.example/${customer}`, expiresAt: undefined }),
  usePaymentMethodOf: async () => true,
  endSubscription: async () => {},
  readMessage: async () => undefined,
  listEvents: async function* () {},
  standingOf: async (reference) => ({ reference, state: 'open', at: 0 }),
}
