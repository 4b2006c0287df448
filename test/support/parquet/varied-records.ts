import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { usageRecord } from '../../../packages/server/src/store/__fixtures__/usage-record.ts'
import { storeIn } from '../../../packages/server/src/store/open-store.ts'

const NOON = Date.UTC(2026, 2, 14, 12)

/** Records that a format could get wrong: amounts and counts of all sizes, what nobody knows, and texts of any kind. */
const variedRecords = () => [
  usageRecord({ charge: 0n }),
  usageRecord({ charge: 1n, createdAt: NOON + 1 }),
  usageRecord({ charge: undefined, keyId: undefined, customer: 'müller ☂ 𝄞', session: '"a",\n\t\u0000b' }),
  // As many digits as a double has not, and as much as the ledger can hold.
  usageRecord({ charge: 123_456_789_012_345_678n, customer: '' }),
  usageRecord({ charge: 2n ** 63n - 1n, model: '=danger()', usage: { inputTokens: Number.MAX_SAFE_INTEGER } }),
  usageRecord({ stream: false, outcome: 'failed', errorCode: 'upstream_error', finishReason: undefined, usage: {} }),
  usageRecord({ durationMs: 0.1 + 0.2, firstOutputMs: undefined, createdAt: NOON - 86_400_000 }),
  ...Array.from({ length: 40 }, (_, n) =>
    usageRecord({ charge: BigInt(n) ** 9n, customer: `customer-${n % 7}`, usage: { images: n, serviceTier: 'flex' } }),
  ),
]

/** A data folder with a ledger of them. */
export async function folderOfVariedRecords(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'speka-varied-'))
  const store = await storeIn(folder).open()
  for (const record of variedRecords()) await store.ledger.settle(record)
  await store.close()
  return folder
}
