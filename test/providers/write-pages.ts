import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describeManagement } from '../../packages/server/src/management/openapi.ts'
import { managementRows } from '../../packages/server/src/management/routes.ts'
import { schemaFile, schemaText } from '../console/schema-text.ts'
import { managementPage, withManagement } from '../management-page/management-page.ts'
import { reconcilePage, withExports } from '../reconcile-page/reconcile-page.ts'
import { unitPage, withUnits } from '../units/unit-pages.ts'
import { pages, withProviders } from './provider-pages.ts'

// `npm run providers` brings the pages that list providers, units, routes, rights and exports in step with their tables,
// and the console's types with the management API.

const root = resolve(import.meta.dirname, '..', '..')

for (const page of pages) writeFileSync(join(root, page), withProviders(readFileSync(join(root, page), 'utf8')))

writeFileSync(join(root, unitPage), withUnits(readFileSync(join(root, unitPage), 'utf8')))

writeFileSync(join(root, managementPage), withManagement(readFileSync(join(root, managementPage), 'utf8')))

writeFileSync(join(root, reconcilePage), withExports(readFileSync(join(root, reconcilePage), 'utf8')))

writeFileSync(join(root, schemaFile), schemaText(describeManagement(managementRows)))
