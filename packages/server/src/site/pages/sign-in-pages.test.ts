import { choicePage, emailPage } from './sign-in-pages.ts'

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

test('every way on from the first step leads back to the page that one came from', () => {
  const { text } = emailPage('sign_in', {
    site: { signUp: 'open' },
    links,
    passkeys: { trouble: undefined },
    back: '/console/keys?q="a"&b',
  }).body
  const said = encodeURIComponent('/console/keys?q="a"&b')
  expect(text).toContain(`href="/auth/oidc/Acme%20%26%20Sons?back=${said}"`)
  expect(text).toContain(`href="/signup?back=${said}"`)
  expect(text).toContain('<input type="hidden" name="back" value="/console/keys?q=&quot;a&quot;&amp;b">')
  expect(text).toContain('data-back="/console/keys?q=&quot;a&quot;&amp;b"')
})

test('so does the choice among accounts; without such a page it is the console', () => {
  const choice = { email: 'ann@example.com', code: '123456', accounts: [] }
  expect(choicePage({ ...choice, back: '/pricing' }).body.text).toContain('name="back" value="/pricing"')
  expect(choicePage(choice).body.text).not.toContain('name="back"')
  expect(
    emailPage('sign_in', { site: { signUp: 'open' }, links, passkeys: { trouble: undefined } }).body.text,
  ).toContain('data-back="/console"')
})
