import { hash } from 'node:crypto'
import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { KeyRecord } from '../store/records.ts'
import { keyDigest } from './key-digest.ts'

/** A key that stands in the configuration. Only its digest is kept in memory. */
export interface ConfiguredKey {
  readonly name: string
  readonly key: string
}

/** The record of a key that stands in the configuration, and in no store. */
export function configuredRecord({ name, key }: ConfiguredKey, pepper: Buffer): KeyRecord {
  const id = configuredKeyId(name)
  const mode = isConfiguredTest({ key }) ? 'test' : 'live'
  const digest = keyDigest(key, pepper)
  return { id, account: DEFAULT_ACCOUNT, name, mode, digest, labels: 0, limits: {}, createdAt: 0 }
}

/** Whether it reaches the sandbox alone. */
const isConfiguredTest = ({ key }: Pick<ConfiguredKey, 'key'>): boolean => key.startsWith('sk-speka-test-')

/** The ids of those that reach the sandbox alone. */
export const configuredTestKeys = (keys: readonly ConfiguredKey[]): string[] =>
  keys.filter(isConfiguredTest).map(({ name }) => configuredKeyId(name))

/** The id must outlive a restart, since the ledger goes by it, and tell nothing about the key: so it is made of the name. */
export const configuredKeyId = (name: string): string => `key_config_${hash('sha256', name).slice(0, 12)}`
