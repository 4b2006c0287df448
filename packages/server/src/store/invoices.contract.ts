import type { InvoiceToIssue } from './invoices.ts'
import { checkChain } from './invoice-chain.ts'
import type { Store } from './store.ts'

/** How invoices are kept by every store. A part of `describeStore`. */
export function describeInvoices(opened: () => Store): void {
  describe('invoices', () => {
    test('are numbered from 000001 in the year in which they are issued, and each follows the one before', async () => {
      const { invoices } = opened()
      const [first, second] = await invoices.issue([toIssue('acc_a', '2026-10'), toIssue('acc_b', '2026-10')])
      const [third] = await invoices.issue([toIssue('acc_a', '2026-12', NEW_YEAR)])
      const [late] = await invoices.issue([toIssue('acc_a', '2026-11', NEW_YEAR - 1)])
      expect([first, second, third, late].map((invoice) => invoice?.number)).toEqual([
        '2026-000001',
        '2026-000002',
        '2027-000001',
        '2026-000003',
      ])
      expect(first?.previousHash).toBe('0'.repeat(64))
      expect([second, third, late].map((invoice) => invoice?.previousHash)).toEqual(
        [first, second, third].map((invoice) => invoice?.hash),
      )
      expect(checkChain(await invoices.list())).toEqual([])
    })

    test('are found by their number as they were issued', async () => {
      const { invoices } = opened()
      const given = { ...toIssue('acc_a', '2026-10'), body: '{"note":"Zoë\\n🐢"}' }
      const [issued] = await invoices.issue([given])
      expect(issued).toMatchObject(given)
      expect(await invoices.find('2026-000001')).toEqual(issued)
      expect(await invoices.find('2026-000002')).toBeUndefined()
    })

    test('of an account and month is the one there is, whatever a second one says', async () => {
      const { invoices } = opened()
      const [first] = await invoices.issue([toIssue('acc_a', '2026-10')])
      const again = { ...toIssue('acc_a', '2026-10'), body: '{"other":true}' }
      const [kept, next] = await invoices.issue([again, toIssue('acc_b', '2026-10')])
      expect(kept).toEqual(first)
      expect(next?.number).toBe('2026-000002')
      expect(await invoices.list()).toEqual([first, next])
    })

    test('asked for twice at once, and twice in one go, are issued once', async () => {
      const { invoices } = opened()
      const wanted = ['acc_a', 'acc_b', 'acc_c', 'acc_a'].map((account) => toIssue(account, '2026-10'))
      const [one, other] = await Promise.all([invoices.issue(wanted), invoices.issue(wanted)])
      expect(other).toEqual(one)
      expect(one?.[3]).toEqual(one?.[0])
      expect((await invoices.list()).map(({ number }) => number)).toEqual(['2026-000001', '2026-000002', '2026-000003'])
    })

    test('none, when none are to be issued', async () => {
      expect(await opened().invoices.issue([])).toEqual([])
      expect(await opened().invoices.list()).toEqual([])
    })

    test('are listed as they were issued: of an account, of a month, behind a number, so many', async () => {
      const { invoices } = opened()
      for (const month of ['2026-09', '2026-10'])
        await invoices.issue(['acc_a', 'acc_b'].map((account) => toIssue(account, month)))
      const listed = async (query: object) => (await invoices.list(query)).map(({ number }) => Number(number.slice(5)))
      expect(await listed({})).toEqual([1, 2, 3, 4])
      expect(await listed({ limit: 3 })).toEqual([1, 2, 3])
      expect(await listed({ account: 'acc_b' })).toEqual([2, 4])
      expect(await listed({ month: '2026-10' })).toEqual([3, 4])
      expect(await listed({ account: 'acc_b', month: '2026-10' })).toEqual([4])
      expect(await listed({ after: '2026-000002', limit: 1 })).toEqual([3])
      expect(await listed({ account: 'acc_a', after: '2026-000001' })).toEqual([3])
      expect(await listed({ month: '2026-09', after: '2026-000001' })).toEqual([2])
      expect(await listed({ account: 'acc_b', month: '2026-10', after: '2026-000003' })).toEqual([4])
      expect(await listed({ after: '2026-000009' })).toEqual([])
    })
  })
}

const NEW_YEAR = Date.UTC(2027, 0, 1)

const toIssue = (account: string, month: string, issuedAt = Date.UTC(2026, 10, 2)): InvoiceToIssue => ({
  account,
  month,
  issuedAt,
  body: JSON.stringify({ account, month }),
})
