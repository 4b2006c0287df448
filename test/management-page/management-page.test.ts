import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { errorTable } from '@speka/core/internal'
import { managementPage, withManagement } from './management-page.ts'

const read = (page: string): string => readFileSync(join(resolve(import.meta.dirname, '..', '..'), page), 'utf8')

test('the page of the management API has the routes and the rights that there are', () => {
  const text = read(managementPage)
  for (const table of ['routes', 'rights']) expect(text).toContain(`<!-- table: ${table} -->`)
  if (text !== withManagement(text))
    throw new Error(`${managementPage} is out of step with its tables: npm run providers`)
})

test('every problem that it names is one that there is, with its status', () => {
  const named = [...read(managementPage).matchAll(/^\| `(\w+)` +\| +(\d{3}) \|/gm)]
  expect(named.length).toBeGreaterThan(10)
  for (const [, code = '', status] of named)
    expect([code, Object.entries(errorTable).find(([name]) => name === code)?.[1].status]).toEqual([
      code,
      Number(status),
    ])
})
