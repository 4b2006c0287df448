import { hash } from 'node:crypto'
import { DEFAULT_ACCOUNT } from '../store/default-account.ts'
import type { KeyRecord } from '../store/records.ts'
import { TEST_KEY_ID } from '../store/test-key-id.ts'
import { keyDigest } from './key-digest.ts'

/** A key that stands in the configuration. Only its digest is kept in memory. */
export interface ConfiguredKey {
  readonly name: string
  readonly key: string
}

/** The record of a key that stands in the configuration, and in no store. */
export function configuredRecord({ name, key }: ConfiguredKey, pepper: Buffer): KeyRecord {
  const id = configuredKeyId({ name, key })
  const mode = isConfiguredTest({ key }) ? 'test' : 'live'
  const digest = keyDigest(key, pepper)
  return { id, account: DEFAULT_ACCOUNT, name, mode, digest, labels: 0, limits: {}, createdAt: 0 }
}

/** Whether it reaches the sandbox alone. */
const isConfiguredTest = ({ key }: Pick<ConfiguredKey, 'key'>): boolean => key.startsWith('sk-speka-test-')

/**
 * The ids that rows of test keys had before ids said so by themselves, while the keys stand in the configuration: such a row looks
 * like one of a live key of the same name.
 */
export const unmarkedTestKeys = (keys: readonly ConfiguredKey[]): string[] =>
  keys.filter(isConfiguredTest).map(({ name }) => LIVE_KEY_ID + digestOf(name))

/** What keys are called, by every id that rows of them may have. */
export const configuredKeyNames = (keys: readonly ConfiguredKey[]): ReadonlyMap<string, string> =>
  new Map(
    keys.flatMap(({ name, key }) =>
      [LIVE_KEY_ID + digestOf(name), configuredKeyId({ name, key })].map((id): [string, string] => [id, name]),
    ),
  )

const LIVE_KEY_ID = 'key_config_'

/**
 * The id must outlive a restart, since the ledger goes by it, and tell nothing about the key: so it is made of the name. And it says
 * which keys are test keys, or what one of them used would be a live key's once another has its name, or nobody.
 */
export const configuredKeyId = ({ name, key }: ConfiguredKey): string =>
  (isConfiguredTest({ key }) ? TEST_KEY_ID : LIVE_KEY_ID) + digestOf(name)

const digestOf = (name: string): string => hash('sha256', name).slice(0, 12)
