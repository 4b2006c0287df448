import { plans } from '@speka/core/internal'
import type { Actor, AccountRole } from '../../actor.ts'
import { provider } from '../../payments/__fixtures__/provider.ts'
import { openMemoryStore } from '../../store/memory/open-store.ts'
import { toIssue } from '../../billing/issued-document.ts'
import type { InvoiceToIssue } from '../../store/invoices.ts'
import { addAdjustment } from '../add-adjustment.ts'
import { createAccount } from '../create-account.ts'
import { createKey } from '../create-key.ts'
import { createTeam } from '../create-team.ts'
import { createToken } from '../create-token.ts'
import { grantCredit } from '../grant-credit.ts'
import { inviteMember } from '../invite-member.ts'
import type { OperationParts } from '../operation.ts'
import { setLimit } from '../set-limit.ts'

export const operator: Actor = { kind: 'operator', by: 'admin_token' }

/** Somebody with a token of an account. */
export const holder = (account: string, role: AccountRole): Actor => ({ kind: 'account', account, role, by: 'tok_1' })

/** 2026-11-22, noon. */
export const NOON = Date.UTC(2026, 10, 22, 12)

/** The plans that ship with Speka. */
export const shipped = { plans: new Map(plans.map((plan) => [plan.id, plan])), planOf: new Map(), configuredKeys: 0 }

/** What operations work with: a store that is empty, and a clock that the test sets. */
export function operationParts() {
  const time = { now: NOON }
  const parts: OperationParts = {
    store: openMemoryStore(),
    pepper: async () => Buffer.from('pepper'),
    now: () => time.now,
    plans: async () => shipped,
    collector: async () => ({ provider, graceDays: 7, firstMonth: undefined }),
  }
  return { parts, time }
}

/** What an account has one of each of, by kind: the ids. */
export interface Ids {
  readonly account: string
  readonly team: string
  readonly member: string
  readonly key: string
  readonly token: string
  readonly limit: string
  readonly grant: string
  readonly invoice: string
  readonly adjustment: string
  readonly passkey: string
}

/** An invoice of a month long ago. */
const invoiceOf = (account: string): InvoiceToIssue => {
  const party = { name: account, address: null, country: null, tax_id: null }
  const sums = { usage_usd: '0', net_exact_usd: '0', rounding_usd: '0', net_usd: '0', total_usd: '0' }
  const said = { seller: party, buyer: party, lines: [], requests: 0, tax: [] }
  return toIssue({ kind: 'invoice', currency: 'USD', ...said, ...sums, account, month: '2026-01' }, NOON)
}

/** An account with one of each. */
export async function fullAccount(parts: OperationParts, name: string): Promise<Ids> {
  const account = (await createAccount(parts, operator, { name })).id
  const team = (await createTeam(parts, operator, { account, name: `${name} team` })).id
  const member = (await inviteMember(parts, operator, { account, email: `${name}@example.com`, role: 'member' })).id
  const key = (await createKey(parts, operator, { account, name: `${name} key`, team, member })).id
  const token = (await createToken(parts, operator, { account, name: `${name} token`, role: 'viewer' })).id
  const own = { kind: 'account', account, role: 'admin', by: 'tok_1' } as const
  const limit = (await setLimit(parts, own, { subject: { key }, usd: '5', window: 'month' })).id
  const said = { account, usd: '-1', reason: `${name} reason` }
  const adjustment = (await addAdjustment(parts, operator, said)).id
  const [invoice] = await parts.store.invoices.issue([invoiceOf(account)])
  await parts.store.alerts.raise({
    id: `alert_of_${key}`,
    kind: 'spend.velocity_exceeded',
    at: parts.now(),
    account,
    body: JSON.stringify({ data: { account, key } }),
    endpoints: [],
  })
  await parts.store.refusals.count([
    { minute: 0, account, keyId: key, limitId: limit, subject: 'key', kind: 'usd', window: 'month', refused: 1 },
  ])
  const grant = (await grantCredit(parts, operator, { account, usd: '5' })).id
  const number = invoice?.number ?? ''
  const payment = { id: `pay_${number}`, account, createdAt: parts.now(), invoice: number, provider: 'stripe', usd: '1' } as const
  const by = { at: parts.now(), actor: 'operator:cli', action: 'payment.begin' }
  await parts.store.registry.change([{ kind: 'payment', after: { ...payment, state: 'open' } }], by)
  const passkey = `pky_${account}`
  const kept = { id: passkey, account, member, name: `${name} passkey`, credential: passkey, publicKey: '', counter: 0, transports: [], createdAt: parts.now() }
  await parts.store.registry.change([{ kind: 'passkey', after: kept }], { ...by, action: 'passkey.create' })
  return { account, team, member, key, token, limit, grant, invoice: number, adjustment, passkey }
}
