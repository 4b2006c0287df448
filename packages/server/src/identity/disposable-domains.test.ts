import { disposableDomain } from './disposable-domains.ts'

test.each([
  ['ann@mailinator.com', 'mailinator.com'],
  ['ann@Mailinator.COM', 'mailinator.com'],
  ['ann@somebody.mailinator.com', 'mailinator.com'],
  ['ann@example.com', undefined],
  ['ann@notmailinator.com', undefined],
  ['ann@mailinator.com.example.com', undefined],
])('of %s the domain to throw away is %s', (address, domain) => {
  expect(disposableDomain(address)).toBe(domain)
})
