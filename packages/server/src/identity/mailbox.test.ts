import { domainOf, mailboxOf } from './mailbox.ts'

test.each([
  ['Ann@Example.com', 'ann@example.com'],
  ['a.n.n+news@gmail.com', 'ann@gmail.com'],
  ['ANN@googlemail.com', 'ann@gmail.com'],
  ['a.nn+x@outlook.com', 'a.nn@outlook.com'],
  ['ann@hotmail.com', 'ann@hotmail.com'],
  ['ann+1@me.com', 'ann@icloud.com'],
  ['a.nn+1@pm.me', 'ann@proton.me'],
  ['ann-shop@yahoo.com', 'ann@yahoo.com'],
  // Of others nobody knows what they do.
  ['a.nn+x@example.com', 'a.nn+x@example.com'],
  ['ann-shop@gmail.com', 'ann-shop@gmail.com'],
  ['+x@gmail.com', '+x@gmail.com'],
  ['"a@b"@example.com', '"a@b"@example.com'],
])('%s is the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox)
})

test('the domain is what follows the last @, in lower case', () => {
  expect(domainOf('ann@Mail.Example.COM')).toBe('mail.example.com')
})
