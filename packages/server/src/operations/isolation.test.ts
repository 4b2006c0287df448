import { readdirSync } from 'node:fs'
import { usageRecord } from '../store/__fixtures__/usage-record.ts'
import type { OperationParts } from './operation.ts'
import { fullAccount, holder, operationParts, type Ids } from './__fixtures__/two-accounts.ts'
import { everyOperation } from './__fixtures__/every-operation.ts'

let parts: OperationParts
let mine: Ids
let theirs: Ids
beforeEach(async () => {
  ;({ parts } = operationParts())
  mine = await fullAccount(parts, 'mine')
  theirs = await fullAccount(parts, 'theirs')
  for (const { account, key: keyId } of [mine, theirs])
    await parts.store.ledger.settle(
      usageRecord({ account, keyId, customer: `of ${account}`, createdAt: parts.now() - 1 }),
    )
})

/** What is the gateway's own, and of no account. */
const ofTheGateway = [
  'list-models.ts',
  'list-plans.ts',
  'list-providers.ts',
  'list-targets.ts',
  'show-playground.ts',
  'show-routing.ts',
  'show-system.ts',
]
/** What is of records, which `test/management.test.ts` puts there first. */
const ofRecords = ['list-requests.ts']

test('every operation that there is, is in the table', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  const exported = files.filter((file) => everyOperation.some(({ file: covered }) => covered === file))
  const verbs = /^(?:add|change|close|create|draft|invite|list|remove|revoke|rotate|set|show|total|update|verify)-/
  expect(
    files.filter((file) => verbs.test(file) && ![...exported, ...ofTheGateway, ...ofRecords].includes(file)),
  ).toEqual([])
})

const ofIds = everyOperation.flatMap((one) => one.ids.map((field) => ({ ...one, field })))

test.each(ofIds)('$name does not find another account’s $field, and changes nothing', async (one) => {
  const { run, field, kindOf } = one
  const owner = holder(mine.account, 'owner')
  const kind = kindOf(field)
  const before = await everything()
  // That it would be found if it were one's own.
  const input = { ...one.input(mine), [field]: theirs[kind] }
  const madeUp = { ...input, [field]: 'nothing_of_the_kind' }
  const refusal = await refusalOf(run(parts, owner, input))
  const unknown = await refusalOf(run(parts, owner, madeUp))
  expect(await everything()).toEqual(before)
  if (one.operatorOnly === true) expect(refusal).toMatchObject({ code: 'permission_denied' })
  else {
    expect(refusal).toMatchObject(field === 'after' ? { status: 400, param: 'after' } : { status: 404 })
    // Not even by its words can it be told from what is nowhere.
    expect(refusal.message).toBe(unknown.message.replace('nothing_of_the_kind', theirs[kind]))
    await run(parts, owner, one.input(mine))
  }
})

const lists = everyOperation.filter((one) => one.lists === true && one.operatorOnly !== true)

test.each(lists)('$name lists one’s own account alone', async (one) => {
  const shown = JSON.stringify(await one.run(parts, holder(mine.account, 'owner'), {}))
  expect(shown).toContain(mine.account)
  for (const id of Object.values(theirs)) expect(shown).not.toContain(id)
})

/** All there is of the other account, and how often anything was changed. */
async function everything(): Promise<unknown> {
  const { registry, audit } = parts.store
  return [await registry.changedSince(0), (await audit.list()).length]
}

async function refusalOf(done: Promise<unknown>): Promise<Error & { status?: number }> {
  try {
    await done
  } catch (error) {
    return error as Error
  }
  throw new Error('it was done')
}
