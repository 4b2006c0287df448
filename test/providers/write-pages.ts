import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pages, withProviders } from './provider-pages.ts'

// `npm run providers` brings the pages that list providers in step with `knownProviders`.

const root = resolve(import.meta.dirname, '..', '..')

for (const page of pages) writeFileSync(join(root, page), withProviders(readFileSync(join(root, page), 'utf8')))
