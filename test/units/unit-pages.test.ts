import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { unitPage, withUnits } from './unit-pages.ts'

test('the page of the configuration says what the table of units says', () => {
  const text = readFileSync(join(resolve(import.meta.dirname, '..', '..'), unitPage), 'utf8')
  expect(text).toContain('<!-- units -->')
  if (text !== withUnits(text)) throw new Error(`${unitPage} is out of step with the units: npm run providers`)
})
