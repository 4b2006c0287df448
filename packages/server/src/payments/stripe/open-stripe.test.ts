import { openStripe } from './open-stripe.ts'

const settings = {
  secretKey: ['sk', 'test', 'ofTheTests'].join('_'),
  webhookSecrets: ['whsec_of_the_tests'],
  returnUrl: 'https://app.example/billing',
  daysUntilDue: 14,
  firstMonth: undefined,
  planWithoutSubscription: 'free',
  baseUrl: undefined,
}

const missing = () => Promise.reject(new Error("Cannot find package 'stripe'"))

test('where the library is not installed, it is said how to install it', async () => {
  await expect(openStripe(settings, { load: missing })).rejects.toMatchObject({
    name: 'SettingsError',
    message: expect.stringContaining('npm install stripe@23'),
  })
})

test('the library that is installed here is the one that is asked for', async () => {
  expect((await openStripe(settings)).name).toBe('stripe')
})
