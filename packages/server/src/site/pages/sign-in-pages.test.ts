import { emailPage } from './sign-in-pages.ts'

const links = [{ name: 'Acme & Sons', href: '/auth/oidc/Acme%20%26%20Sons' }]
const shown = (signUp: 'open' | 'invited' | 'off', of = links): string =>
  emailPage('sign_in', { site: { signUp }, links: of }).body.text

test.each(['open', 'invited', 'off'] as const)(
  'who signs in is shown his company’s provider, sign-up being %s',
  (signUp) => {
    expect(shown(signUp)).toContain(
      '<a class="button quiet" href="/auth/oidc/Acme%20%26%20Sons">Sign in with Acme &amp; Sons</a>',
    )
  },
)

test('where there is neither a code nor a provider, it is said whom to ask', () => {
  expect(shown('off', [])).toContain('Ask whoever runs this service')
  expect(shown('off')).not.toContain('Ask whoever runs this service')
})
