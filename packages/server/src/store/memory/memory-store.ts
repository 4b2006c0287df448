import { picoUsd, SpekaError } from '@speka/core'
import type { UsageRecord } from '@speka/core'
import type { KeyRecord, KeyStore, Ledger, Store, UsageQuery, UsageTotals } from '../store.ts'

/** A store that forgets everything when the process ends: for tests and throw-away gateways. */
export function openMemoryStore(): Store {
  let open = true
  const use = <T>(work: () => T): Promise<T> =>
    open
      ? new Promise((resolve) => resolve(work()))
      : Promise.reject(new SpekaError('storage_unavailable', 'The store is closed.'))

  return {
    ledger: memoryLedger(use),
    keys: memoryKeys(use),
    close: async () => {
      open = false
    },
  }
}

type Use = <T>(work: () => T) => Promise<T>

function memoryLedger(use: Use): Ledger {
  const records = new Map<string, UsageRecord>()
  return {
    settle: (record) =>
      use(() => {
        if (!records.has(record.id)) records.set(record.id, record)
      }),

    trouble: () => undefined,

    find: (id, keyId) =>
      use(() => {
        const visible = (record: UsageRecord | undefined) =>
          record !== undefined && (keyId === undefined || record.keyId === keyId)
        const exact = records.get(id)
        if (visible(exact)) return exact
        return [...records.values()]
          .filter((record) => record.upstreamId === id && visible(record))
          .sort((a, b) => b.createdAt - a.createdAt || compare(b.id, a.id))[0]
      }),

    totals: (query) =>
      use(() => {
        const groups = new Map<string | undefined, UsageTotals>()
        for (const record of records.values()) {
          if (!matches(record, query)) continue
          const group = groupOf(record, query.by)
          groups.set(group, add(groups.get(group) ?? nothing(group), record))
        }
        return [...groups.values()].sort((a, b) => compare(a.group ?? '', b.group ?? ''))
      }),
  }
}

function memoryKeys(use: Use): KeyStore {
  const keys = new Map<string, KeyRecord>()
  let version = 0
  return {
    insert: (key) =>
      use(() => {
        if ([...keys.values()].some(({ id, digest }) => id === key.id || digest === key.digest)) {
          throw new SpekaError('invalid_value', 'A key with this id or digest exists already.')
        }
        keys.set(key.id, key)
        version += 1
      }),

    list: () => use(() => [...keys.values()].sort((a, b) => a.createdAt - b.createdAt || compare(a.id, b.id))),

    findByDigest: (digest) => use(() => [...keys.values()].find((key) => key.digest === digest)),

    revoke: (id, at) =>
      use(() => {
        const key = keys.get(id)
        if (key === undefined || key.revokedAt !== undefined) return key
        const revoked = { ...key, revokedAt: at }
        keys.set(id, revoked)
        version += 1
        return revoked
      }),

    version: () => use(() => version),
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b))

function matches(record: UsageRecord, { since = -Infinity, until = Infinity, keyId }: UsageQuery): boolean {
  return record.createdAt >= since && record.createdAt < until && (keyId === undefined || record.keyId === keyId)
}

function groupOf(record: UsageRecord, by: UsageQuery['by']): string | undefined {
  if (by === 'key') return record.keyId
  if (by === 'model') return record.model
  return new Date(record.createdAt).toISOString().slice(0, 10)
}

const nothing = (group: string | undefined): UsageTotals => ({
  group,
  requests: 0,
  failed: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  charge: picoUsd(0n),
  unpriced: 0,
})

const add = (totals: UsageTotals, { outcome, usage, charge }: UsageRecord): UsageTotals => ({
  group: totals.group,
  requests: totals.requests + 1,
  failed: totals.failed + (outcome === 'failed' || outcome === 'interrupted' ? 1 : 0),
  inputTokens: totals.inputTokens + (usage.inputTokens ?? 0),
  cachedInputTokens: totals.cachedInputTokens + (usage.cachedInputTokens ?? 0),
  outputTokens: totals.outputTokens + (usage.outputTokens ?? 0),
  charge: picoUsd(totals.charge + (charge ?? 0n)),
  unpriced: totals.unpriced + (charge === undefined ? 1 : 0),
})
