import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PAGE, withTables } from './reliability-page.ts'

// Brings the tables of docs/reliability.md in step with the tests:
// node_modules/node/bin/node --conditions=@speka/source test/faults/write-reliability-page.ts

const file = join(resolve(import.meta.dirname, '..', '..'), PAGE)
writeFileSync(file, withTables(readFileSync(file, 'utf8')))
