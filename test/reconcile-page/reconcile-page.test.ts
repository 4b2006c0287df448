import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { reconcilePage, withExports } from './reconcile-page.ts'

test('the page about exports has those that are read', () => {
  const text = readFileSync(join(resolve(import.meta.dirname, '..', '..'), reconcilePage), 'utf8')
  expect(text).toContain('<!-- table: exports -->')
  if (text !== withExports(text)) throw new Error(`${reconcilePage} is out of step with its table: npm run providers`)
})
