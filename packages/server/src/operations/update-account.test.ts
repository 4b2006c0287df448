import { fullAccount, holder, operationParts, operator } from './__fixtures__/two-accounts.ts'
import { createAccount } from './create-account.ts'
import type { OperationParts } from './operation.ts'
import { updateAccount } from './update-account.ts'

let parts: OperationParts
let id: string
beforeEach(async () => {
  ;({ parts } = operationParts())
  ;({ id } = await createAccount(parts, operator, { name: 'Acme', email: 'a@example.com' }))
})

const update = (changes: object) => updateAccount(parts, operator, { id, ...changes })

test('who stands on invoices is said bit by bit, and taken away', async () => {
  const buyer = { name: 'Acme Ltd', address: ' 1 High St \r\n\nLondon ', country: 'GB', tax_id: 'GB123' }
  const said = { ...buyer, address: '1 High St\n\nLondon' }
  expect(await update({ buyer })).toMatchObject({ name: 'Acme', email: 'a@example.com', buyer: said, revision: 2 })
  expect(await update({ buyer })).toMatchObject({ revision: 2 })
  expect(await update({ buyer: { name: null } })).toMatchObject({ buyer: { ...said, name: null }, revision: 3 })
  const nobody = { name: null, address: null, country: null, tax_id: null }
  expect(await update({ buyer: nobody })).toMatchObject({ buyer: nobody, revision: 4 })
  expect(await update({ name: 'Acme Inc', email: null })).toMatchObject({ name: 'Acme Inc', email: null, revision: 5 })
})

test.each([
  { buyer: { country: 'UK' }, param: 'buyer.country' },
  { buyer: { country: 'de' }, param: 'buyer.country' },
  { buyer: { country: 49 }, param: 'buyer.country' },
  { buyer: { name: ' ' }, param: 'buyer.name' },
  { buyer: { address: 'a\u0000b' }, param: 'buyer.address' },
  { buyer: { address: 'a'.repeat(1001) }, param: 'buyer.address' },
  { buyer: { tax_id: 'one\ntwo' }, param: 'buyer.tax_id' },
  { buyer: { colour: 'red' }, param: 'colour' },
  { buyer: 'Acme', param: 'buyer' },
])('$buyer is refused, and nothing is changed', async ({ buyer, param }) => {
  const version = await parts.store.registry.version()
  await expect(update({ buyer })).rejects.toMatchObject({ code: 'invalid_value', param })
  expect(await parts.store.registry.version()).toBe(version)
})

test('an account says itself who its buyer is, and not what it is called', async () => {
  const { account } = await fullAccount(parts, 'mine')
  const own = holder(account, 'billing')
  expect(await updateAccount(parts, own, { id: account, buyer: { country: 'FR' } })).toMatchObject({
    buyer: { country: 'FR' },
  })
  for (const stray of [{ name: 'other' }, { email: null }])
    await expect(updateAccount(parts, own, { id: account, ...stray })).rejects.toMatchObject({
      code: 'permission_denied',
    })
})
