import fc from 'fast-check'
import { redactor } from './secrets.ts'

const SECRET = 'xk_9f8E-7d6C.5b4A:3210/zyXW+vuTS='

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** Ways in which an upstream may spell what it was sent. */
const spellings: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in capitals': (secret) => secret.toUpperCase(),
  'in small letters': (secret) => secret.toLowerCase(),
  'in a header': (secret) => `Bearer ${secret}`,
  'in quotes': (secret) => `'${secret}'`,
  'in an address': (secret) => `?k=${encodeURIComponent(secret)}&x=1`,
  'in an address, twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'every letter of it encoded for an address': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join(''),
  'as JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ key: secret })).replaceAll('/', '\\/'),
  'in escapes of JSON': (secret) =>
    [...secret].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  'in HTML': (secret) =>
    [...secret].map((letter) => (/\w/.test(letter) ? letter : `&#${letter.charCodeAt(0)};`)).join(''),
  'over two lines': (secret) => `${secret.slice(0, 10)}\r\n  ${secret.slice(10)}`,
  'with invisible letters': (secret) => [...secret].join('\u200b'),
  'as base64': base64,
  'as base64 for addresses': (secret) => Buffer.from(secret).toString('base64url'),
  'as base64 of a header': (secret) => base64(`Bearer ${secret}`),
  'as base64 of a user and a password': (secret) => base64(`u:${secret}`),
  'as base64 of a sentence': (secret) => base64(`x${secret} was refused`),
  'as base64 in an address': (secret) => encodeURIComponent(base64(secret)),
  'as hexadecimal digits': (secret) => Buffer.from(secret).toString('hex'),
}

describe.each(Object.entries(spellings))('a secret %s', (_, spell) => {
  test('is taken out, and what stands around it stays', () => {
    const text = redactor([SECRET])(`Before. ${spell(SECRET)} After.`)
    expect(text).toMatch(/^Before\. .* After\.$/)
    expect(text).toContain('[redacted]')
    const rest = text.replaceAll('[redacted]', '')
    expect(rest).not.toContain(spell(SECRET).slice(0, 14))
    expect(rest).not.toContain(spell(SECRET).slice(-14))
    expect(rest.length).toBeLessThan(48)
  })
})

test('what is left of it after a cut goes too', () => {
  const redact = redactor([SECRET])
  expect(redact(`Key ${SECRET.slice(0, 14)}`)).toBe('Key [redacted]')
  expect(redact(`Key …${SECRET.slice(-13)}.`)).toBe('Key …[redacted].')
})

test('whatever secrets look like, none of several is left', () => {
  const key = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 12,
    maxLength: 60,
  })
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 3 }), fc.string(), (keys, noise) => {
      const said = keys.map((secret) => `${noise} ${secret} and ${base64(secret)} `).join('')
      const text = redactor(keys)(said).replaceAll('[redacted]', ' ')
      for (const secret of keys) expect([text.includes(secret), text.includes(base64(secret))]).toEqual([false, false])
    }),
  )
})

test('a secret that ends in a backslash is found before a blank', () => {
  expect(redactor(['!!!!!!!!!!!\\'])('a !!!!!!!!!!!\\ b')).not.toContain('!!!')
})

test('a text without a secret stays as it is, to the letter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      fc.pre(!text.includes('q'))
      expect(redactor(['qqqqqqqqqqqqqqqqqqqq'])(text)).toBe(text)
    }),
  )
})

test.each([
  { secret: 'sk-line', text: 'Key sk-line is wrong', becomes: 'Key [redacted] is wrong' },
  { secret: 'none', text: 'nonesuch', becomes: 'nonesuch' },
  { secret: 'abc', text: 'abc', becomes: 'abc' },
  { secret: '', text: 'anything', becomes: 'anything' },
])('a short secret is taken out where it stands alone: "$secret"', ({ secret, text, becomes }) => {
  expect(redactor([secret])(text)).toBe(becomes)
})
