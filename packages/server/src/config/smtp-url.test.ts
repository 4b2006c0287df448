import { readSmtpUrl } from './smtp-url.ts'

const nothing = { user: undefined, password: undefined, from: undefined }

test.each([
  ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, isSecure: false, ...nothing }],
  ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, isSecure: true, ...nothing }],
  ['smtp://[::1]:25', { host: '::1', port: 25, isSecure: false, ...nothing }],
  [
    'smtps://ann%40example.com:p%2F%3Aw@mail.example.com:2525',
    {
      host: 'mail.example.com',
      port: 2525,
      isSecure: true,
      user: 'ann@example.com',
      password: 'p/:w',
      from: 'ann@example.com',
    },
  ],
  [
    'smtp://key:secret@mail.example.com?from=hello@example.com',
    {
      host: 'mail.example.com',
      port: 587,
      isSecure: false,
      user: 'key',
      password: 'secret',
      from: 'hello@example.com',
    },
  ],
])('%s', (text, settings) => {
  expect(readSmtpUrl(text)).toEqual(settings)
})

test.each([
  ['http://user:secret@example.com', 'must be an address such as'],
  ['secret', 'must be an address such as'],
  ['smtp://', 'must be an address such as'],
  ['smtp://user:secret@example.com?tls=no', 'no other parameter than from'],
  ['smtp://user:secret@example.com?from=nobody', 'must be an e-mail address'],
  ['smtp://user:secret@example.com?from=a@b.example%0d%0aBcc:c@d.example', 'must be an e-mail address'],
  ['smtp://user:%ffsecret@example.com', 'percent sign'],
])('%s is refused, and the secret is not repeated', (text, why) => {
  expect(() => readSmtpUrl(text)).toThrow(why)
  expect(() => readSmtpUrl(text)).not.toThrow('secret')
})
