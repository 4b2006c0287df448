import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyDigest } from './key-digest.ts'
import { openPepper } from './pepper.ts'

const newFolder = () => mkdtempSync(join(tmpdir(), 'speka-'))

describe('the pepper', () => {
  test('given by the operator is used as it is, and nothing is written', () => {
    const folder = newFolder()
    expect(openPepper('as given', folder)).toEqual(Buffer.from('as given'))
    expect(readdirSync(folder)).toEqual([])
  })

  test('is made once, for its owner only, and found again', () => {
    const folder = join(newFolder(), 'data')
    const pepper = openPepper(undefined, folder)
    expect(pepper).toHaveLength(32)
    expect(openPepper(undefined, folder)).toEqual(pepper)
    expect(openPepper(undefined, newFolder())).not.toEqual(pepper)
    expect(readdirSync(folder)).toEqual(['key-pepper'])
    if (process.platform !== 'win32') expect(statSync(join(folder, 'key-pepper')).mode & 0o777).toBe(0o600)
  })

  test.each(['', 'abc', 'z'.repeat(64), 'ab'.repeat(31)])('that reads "%s" is refused and left alone', (text) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'key-pepper'), text)
    expect(() => openPepper(undefined, folder)).toThrow(/key-pepper is damaged/)
    expect(readFileSync(join(folder, 'key-pepper'), 'utf8')).toBe(text)
  })

  test('decides the digest, and so does every character of the key', () => {
    const [one, other] = [Buffer.from('one'), Buffer.from('other')]
    expect(keyDigest('key', one)).toMatch(/^[0-9a-f]{64}$/)
    expect(keyDigest('key', one)).toBe(keyDigest('key', one))
    expect(new Set([keyDigest('key', one), keyDigest('key', other), keyDigest('keY', one)]).size).toBe(3)
  })

  // Root may write anywhere, so it cannot see this.
  const unlessRoot = process.getuid?.() === 0 ? test.skip : test
  unlessRoot('that cannot be made says which file and what helps', () => {
    const folder = newFolder()
    chmodSync(folder, 0o500)
    expect(() => openPepper(undefined, folder)).toThrow(/key-pepper cannot be written.*SPEKA_KEY_PEPPER/)
  })
})
