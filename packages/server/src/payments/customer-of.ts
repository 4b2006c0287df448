import { SpekaError } from '@speka/core'
import type { AccountRecord } from '../store/records.ts'
import { changedBy, untilUndisturbed } from './change-by.ts'
import type { PaymentParts } from './payment-parts.ts'

/** What it takes to know who pays. */
export type PayerParts = Pick<PaymentParts, 'registry' | 'provider' | 'now'>

/**
 * Who pays for an account, at the provider: made once, and told each time how he is reached.
 *
 * @throws SpekaError `not_found`; `conflict` when the account pays somewhere else
 */
export async function customerOf(parts: PayerParts, accountId: string): Promise<string> {
  const account = await readAccount(parts, accountId)
  const customer = account.payer?.customer ?? (await makeCustomer(parts, account))
  await parts.provider.describeCustomer(customer, account)
  return customer
}

async function readAccount({ registry, provider }: PayerParts, id: string): Promise<AccountRecord> {
  const kept = await registry.get('account', id)
  if (kept === undefined) throw new SpekaError('not_found', `There is no account "${id}".`)
  const { payer } = kept.record
  if (payer !== undefined && payer.provider !== provider.name)
    throw new SpekaError('conflict', `The account ${id} pays by ${payer.provider}, and not by ${provider.name}.`)
  return kept.record
}

async function makeCustomer({ registry, provider, now }: PayerParts, account: AccountRecord): Promise<string> {
  const customer = await provider.createCustomer(account)
  return untilUndisturbed(async () => {
    const before = await registry.get('account', account.id)
    if (before === undefined) throw new SpekaError('not_found', `There is no account "${account.id}".`)
    // Another process may have been faster: the one that is kept is the one that pays.
    if (before.record.payer !== undefined) return before.record.payer.customer
    const after = { ...before.record, payer: { provider: provider.name, customer } }
    await registry.change([{ kind: 'account', before, after }], changedBy('account.payer', now()))
    return customer
  })
}
