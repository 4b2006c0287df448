import type { Registry } from '../store/registry.ts'

/** Keys that are read at once. */
const PAGE_KEYS = 1000

/** The ids of all test keys of the registry, whoever's they are: their rows are on no invoice. */
export async function testKeyIds(registry: Pick<Registry, 'list'>): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  for (;;) {
    const keys = await registry.list('key', { after, limit: PAGE_KEYS })
    for (const { record } of keys) if (record.mode === 'test') ids.push(record.id)
    if (keys.length < PAGE_KEYS) return ids
    after = keys.at(-1)?.record.id
  }
}
