import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ErrorCode } from '@speka/core'
import { usageRecord } from '../../store/__fixtures__/usage-record.ts'
import { openMemoryStore } from '../../store/memory/open-store.ts'
import type { Store } from '../../store/store.ts'
import { NOW, noRecords, pageFacts } from '../__fixtures__/page-facts.ts'
import type { PageFacts } from '../page-facts.ts'
import { readSiteRecords } from '../site-records.ts'
import { renderPath } from './render-path.ts'

const HOUR_MS = 3_600_000

describe('/status', () => {
  let store: Store
  beforeEach(() => {
    store = openMemoryStore()
  })
  afterEach(() => store.close())

  /** So many requests at a moment, of which some failed. */
  async function requests(count: number, failed: number, createdAt: number, errorCode?: ErrorCode): Promise<void> {
    for (let index = 0; index < count; index += 1)
      await store.ledger.settle(
        usageRecord({
          createdAt,
          account: 'acc_secret',
          keyId: 'key_secret',
          ...(index < failed && { outcome: 'failed', errorCode }),
        }),
      )
  }

  const status = async (changes: Partial<PageFacts> = {}): Promise<string> => {
    const facts = await pageFacts({ records: await readSiteRecords(store.ledger, NOW), ...changes })
    return renderPath(facts, '/status', new URLSearchParams()).text.replaceAll('\u{a0}', ' ')
  }

  test('with an empty ledger it says that there were too few requests, and shows ninety days', async () => {
    const page = await status({ records: await noRecords() })
    expect(page).toContain('Fewer than 100 requests in this time')
    expect(page.match(/<li class="none"/g)).toHaveLength(90)
    expect(page).toContain('None in this time.')
    expect(page).not.toContain('99.9 % that')
  })

  test('tells the share of each day and of all, rounded down', async () => {
    await requests(300, 1, NOW - 24 * HOUR_MS)
    const page = await status()
    expect(page).toContain('99.66 % of all requests were answered without an error.')
    expect(page).toContain('<li class="fair" title="2026-11-29: 99.66 %">')
    expect(page).toMatch(/half had begun within 1[234]\d ms/)
  })

  test('says that 99.9 % were reached only where they were', async () => {
    await requests(1000, 1, NOW - HOUR_MS)
    expect(await status()).toContain('99.90 % of all requests were answered without an error, so the 99.9 %')
    await requests(1, 1, NOW - HOUR_MS)
    expect(await status()).not.toContain('so the 99.9 %')
  })

  test('hours below 99 % are an incident, and those in a row are one', async () => {
    await requests(100, 10, Date.UTC(2026, 10, 20, 7))
    await requests(100, 20, Date.UTC(2026, 10, 20, 8, 59))
    await requests(100, 4, Date.UTC(2026, 10, 20, 12))
    const page = await status()
    expect(page.match(/<li><time/g)).toHaveLength(1)
    expect(page).toContain('2026-11-20 07:00 UTC</time>, 2 hours: 85.00 % answered')
  })

  test('what fails by its caller is told, and takes nothing from the share', async () => {
    await requests(1000, 0, NOW - HOUR_MS)
    await requests(300, 300, NOW - HOUR_MS, 'invalid_request')
    const page = await status()
    expect(page).toContain('100.00 % of all requests were answered without an error, so the 99.9 %')
    expect(page).toContain('<dt>Failed by the caller, not counted</dt><dd>23.08 %</dd>')
    expect(page).toContain('<dt>Failed by an upstream</dt><dd>0.00 %</dd>')
    expect(page).toContain('None in this time.')
  })

  test('failures of upstreams and of this service count, each by its name, and none is rounded away', async () => {
    await requests(100_000 / 50, 30, NOW - HOUR_MS, 'upstream_timeout')
    await requests(1, 1, NOW - 2 * HOUR_MS, 'internal_error')
    const page = await status()
    expect(page).toContain('98.45 % of all requests')
    expect(page).toContain('<dt>Failed by an upstream</dt><dd>1.50 %</dd>')
    expect(page).toContain('<dt>Failed by this service</dt><dd>0.05 %</dd>')
    expect(page).toContain('98.50 % answered, the others failed by an upstream')
  })

  test('an incident says whose it was, who made more of it first', async () => {
    await requests(100, 10, Date.UTC(2026, 10, 20, 7), 'server_shutdown')
    await requests(100, 20, Date.UTC(2026, 10, 20, 8), 'upstream_error')
    await requests(100, 10, Date.UTC(2026, 10, 21, 8), 'internal_error')
    const page = await status()
    expect(page).toContain('2 hours: 85.00 % answered, the others failed by an upstream and by this service')
    expect(page).toContain('one hour: 90.00 % answered, the others failed by this service')
  })

  test('callers who ask for what cannot be make no incident', async () => {
    await requests(100, 90, Date.UTC(2026, 10, 20, 7), 'context_length_exceeded')
    expect(await status()).toContain('None in this time.')
  })

  test('says how many requests there were of nobody', async () => {
    await requests(137, 0, NOW - HOUR_MS)
    const page = await status()
    for (const secret of ['137', 'acc_secret', 'key_secret', 'acme']) expect(page).not.toContain(secret)
  })

  test('says so in words while the records are being added up, or cannot be read', async () => {
    expect(await status({ records: { state: 'adding_up' } })).toContain('being added up at the moment')
    expect(await status({ records: { state: 'unavailable' } })).toContain('cannot be read at the moment')
  })

  test.each([
    [{ ready: 0, failing: 0, silent: [] }, 'Only the sandbox answers'],
    [{ ready: 3, failing: 0, silent: [] }, 'All 3 providers are in use'],
    [{ ready: 3, failing: 1, silent: ['m/a'] }, '1 of 3 providers is not in use'],
    [{ ready: 3, failing: 3, silent: ['m/a'] }, 'No provider answers'],
  ])('tells the present state in words: %j', async (providers, words) => {
    expect(await status({ providers })).toContain(words)
  })
})
