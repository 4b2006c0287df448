import { picoUsd, type AttemptRecord } from '@speka/core'
import { usageRecord, pico } from '../store/__fixtures__/usage-record.ts'
import { fullAccount, holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import type { OperationParts } from './operation.ts'
import { totalMargin } from './total-margin.ts'

const NOVEMBER = Date.UTC(2026, 10, 1)

let parts: OperationParts
beforeEach(() => {
  ;({ parts } = operationParts())
})

/** Puts a request on record: what it was charged for, and what its attempts cost. */
async function used(
  model: string,
  charge: bigint | undefined,
  costs: readonly (bigint | undefined)[],
  createdAt = NOVEMBER,
) {
  const attempts = costs.map((cost): AttemptRecord => ({
    provider: 'acme',
    upstreamModel: model,
    model,
    startedMs: 0,
    durationMs: 1,
    outcome: 'answered',
    cost: cost === undefined ? undefined : pico(cost),
  }))
  await parts.store.ledger.settle(
    usageRecord({ model, charge: charge === undefined ? undefined : picoUsd(charge), attempts, createdAt }),
  )
}

test('the margin is the charge less what all attempts cost, by model', async () => {
  await used('a', 300n, [100n])
  await used('a', 300n, [50n, 50n])
  await used('b', 100n, [300n])
  await used('c', 0n, [1n])
  await used('d', undefined, [undefined])
  const plain = { unpriced: 0, uncosted: null }
  expect(await totalMargin(parts, operator, {})).toEqual([
    {
      group: 'a',
      requests: 2,
      charge_usd: '0.0000000006',
      cost_usd: '0.0000000002',
      margin_usd: '0.0000000004',
      margin_percent: '66.67',
      ...plain,
    },
    {
      group: 'b',
      requests: 1,
      charge_usd: '0.0000000001',
      cost_usd: '0.0000000003',
      margin_usd: '-0.0000000002',
      margin_percent: '-200.00',
      ...plain,
    },
    {
      group: 'c',
      requests: 1,
      charge_usd: '0',
      cost_usd: '0.000000000001',
      margin_usd: '-0.000000000001',
      margin_percent: null,
      ...plain,
    },
    {
      group: 'd',
      requests: 1,
      charge_usd: '0',
      cost_usd: '0',
      margin_usd: '0',
      margin_percent: null,
      ...plain,
      unpriced: 1,
    },
  ])
})

test('requests whose cost is not known are counted when that is asked for', async () => {
  await used('a', 300n, [100n])
  await used('a', 300n, [undefined])
  await used('b', 300n, [1n])
  for (const uncosted of [true, 'true'])
    expect(await totalMargin(parts, operator, { by: 'model', uncosted })).toMatchObject([
      { group: 'a', uncosted: 1 },
      { group: 'b', uncosted: 0 },
    ])
})

test('a month is from its first moment to before the next, and is said in place of a span', async () => {
  await used('a', 1n, [1n], NOVEMBER - 1)
  await used('b', 1n, [1n], NOVEMBER)
  await used('c', 1n, [1n], Date.UTC(2026, 11, 1) - 1)
  await used('d', 1n, [1n], Date.UTC(2026, 11, 1))
  const found = await totalMargin(parts, operator, { month: '2026-11' })
  expect(found.map(({ group }) => group)).toEqual(['b', 'c'])
  const both = totalMargin(parts, operator, { month: '2026-11', since: '2026-11-01T00:00:00Z' })
  await expect(both).rejects.toMatchObject({ code: 'invalid_value', param: 'month' })
  for (const month of ['2026-13', '2026-1', 'November'])
    await expect(totalMargin(parts, operator, { month })).rejects.toMatchObject({
      code: 'invalid_value',
      param: 'month',
    })
})

test('by provider and account too, and for the operator alone', async () => {
  const { account } = await fullAccount(parts, 'mine')
  await used('a', 300n, [100n])
  expect(await totalMargin(parts, operator, { by: 'provider' })).toMatchObject([{ group: 'acme' }])
  expect(await totalMargin(parts, operator, { by: 'account' })).toMatchObject([{ group: 'default' }])
  await expect(totalMargin(parts, holder(account, 'owner'), {})).rejects.toMatchObject({ code: 'permission_denied' })
})
