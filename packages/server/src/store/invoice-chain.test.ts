import { chainInvoice, checkChain } from './invoice-chain.ts'
import type { IssuedInvoice } from './invoices.ts'

const issuedAt = Date.UTC(2026, 10, 2)

/** Three invoices that fit. */
function issued(): IssuedInvoice[] {
  const invoices: IssuedInvoice[] = []
  for (const account of ['acc_a', 'acc_b', 'acc_c']) {
    const last = { hash: invoices.at(-1)?.hash, number: invoices.at(-1)?.number }
    invoices.push(chainInvoice({ account, month: '2026-10', issuedAt, body: '{}' }, last))
  }
  return invoices
}

const problems = (invoices: IssuedInvoice[]) =>
  checkChain(invoices).map(({ problem, number }) => `${number} ${problem}`)

test('the hash is over the hash before, number, account, month, moment and body', () => {
  // printf '%s\n%s\n%s\n%s\n%s\n%s' 000…0 2026-000001 acc_a 2026-10 1793577600000 '{}' | sha256sum
  expect(issued()[0]?.hash).toBe('c0068b4a03166cfe8f7212d6c20f4d82e3ff07fed50a8754403db4583dff2f70')
})

test('invoices as they were issued fit', () => {
  expect(checkChain(issued())).toEqual([])
})

test('after 999999 numbers grow longer, and go on', () => {
  const last = { hash: 'a', number: '2026-999999' }
  const next = chainInvoice({ account: 'a', month: '2026-10', issuedAt, body: '' }, last)
  expect(next.number).toBe('2026-1000000')
  expect(chainInvoice(next, { hash: 'b', number: next.number }).number).toBe('2026-1000001')
})

test.each(['account', 'month', 'issuedAt', 'body', 'hash'] as const)('one whose %s was changed is named', (field) => {
  const [first, second, third] = issued()
  const changed = { ...second!, [field]: field === 'issuedAt' ? issuedAt + 1 : 'changed' }
  expect(problems([first!, changed, third!])).toContain('2026-000002 changed')
})

test('one that was taken out is missing, and the next follows nothing', () => {
  const [first, , third] = issued()
  expect(problems([first!, third!])).toEqual(['2026-000002 missing_number', '2026-000003 out_of_chain'])
})

test('one that was written anew, hash and all, is given away by the next', () => {
  const [first, second, third] = issued()
  const forged = chainInvoice({ ...second!, body: '{"total_usd":"0"}' }, first!)
  expect(problems([first!, forged, third!])).toEqual(['2026-000003 out_of_chain'])
})

test('a second one of an account and month is named', () => {
  const [first, second, third] = issued()
  const again = chainInvoice({ ...first!, body: '{}' }, third!)
  expect(problems([first!, second!, third!, again])).toEqual(['2026-000004 issued_twice'])
})
