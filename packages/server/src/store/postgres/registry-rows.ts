import type { RegistryKind } from '../registry.ts'
import type { RegistryRow } from '../registry-row.ts'
import type { Row } from './session.ts'

/** The columns of the table `registry`, as {@link registryRow} reads them. */
export const REGISTRY_COLUMNS = 'kind, id, account, lookup, labels, revision, version, created_at, body'

/** A row of the table `registry`. */
export const registryRow = (row: Row): RegistryRow => ({
  // Written by a change of the registry, with a kind of its own.
  kind: row['kind'] as RegistryKind,
  id: String(row['id']),
  account: String(row['account']),
  lookup: row['lookup'] === null ? null : String(row['lookup']),
  labels: Number(row['labels']),
  revision: Number(row['revision']),
  version: Number(row['version']),
  createdAt: Number(row['created_at']),
  body: String(row['body']),
})
