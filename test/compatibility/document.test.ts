import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compatibilityDocument, DOCUMENT } from './document.ts'

test('the page on compatibility says what the tests have recorded (`npm run compatibility` writes it anew)', () => {
  expect(readFileSync(join(import.meta.dirname, '..', '..', DOCUMENT), 'utf8')).toBe(compatibilityDocument())
})
