import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { COUNTRY_RULE, countries } from '../billing/countries.ts'
import type { AccountRecord } from '../store/records.ts'
import { accountView, viewAccount } from './account-view.ts'
import { expectRevision, replace } from './change.ts'
import { email, id, name, revision, word } from './fields.ts'
import { operation } from './operation.ts'
import { findOwn } from './own-account.ts'
import { demandRight } from './rights.ts'

const MOST_ADDRESS = 1000
const MOST_TAX_ID = 100

/** Of several lines: what nobody sees is refused in each of them. */
const address = word
  .max(MOST_ADDRESS, { error: `must have at most ${MOST_ADDRESS} characters` })
  .transform((text) => text.split(/\r?\n/).map((line) => line.trim()))
  .refine((lines) => lines.every((line) => line === '' || name.safeParse(line).success), {
    error: 'must be lines of at most 200 characters, without control characters',
  })
  .transform((lines) => lines.join('\n'))

/** Who stands on invoices as the buyer; `null` takes away. */
const buyer = z.strictObject(
  {
    /** Default: the name of the account. */
    name: name.nullish(),
    /** May have several lines. */
    address: address.nullish(),
    /** Tax goes by it. */
    country: z
      .string({ error: COUNTRY_RULE })
      .refine((text) => countries.has(text), { error: COUNTRY_RULE })
      .nullish(),
    tax_id: name.max(MOST_TAX_ID, { error: `must have at most ${MOST_TAX_ID} characters` }).nullish(),
  },
  { error: 'must be an object such as {"name": "Acme Ltd", "country": "GB"}' },
)

/**
 * Changes what an account is called, where its post goes, and who stands on its invoices as the buyer. What is left out stays; `null`
 * takes away. An invoice that was issued stays as it is. The name and the address of an account are the operator's to change.
 *
 * @throws SpekaError `not_found`, `conflict`; `permission_denied` for the name and the address of one's own account
 */
export const updateAccount = operation({
  right: 'buyer.write',
  input: z.strictObject({ id, name: name.optional(), email: email.nullish(), buyer: buyer.optional(), revision }),
  output: accountView,
  async run(parts, input, actor) {
    if (input.name !== undefined || input.email !== undefined) demandRight(actor, 'accounts.write')
    const before = await findOwn(parts, actor, 'account', input.id)
    expectRevision(before, input.revision)
    const { record } = before
    const after: AccountRecord = known({
      ...record,
      name: input.name ?? record.name,
      email: changed(record.email, input.email),
      buyer: input.buyer === undefined ? record.buyer : buyerOf(record.buyer, input.buyer),
    })
    const now = parts.now()
    if (isDeepStrictEqual(after, record)) return viewAccount(before, now)
    return viewAccount(await replace(parts, actor, 'account.update', before, after), now)
  },
})

function buyerOf(old: AccountRecord['buyer'] = {}, said: z.output<typeof buyer>): AccountRecord['buyer'] {
  const after = known({
    name: changed(old.name, said.name),
    address: changed(old.address, said.address),
    country: changed(old.country, said.country),
    taxId: changed(old.taxId, said.tax_id),
  })
  return Object.keys(after).length === 0 ? undefined : after
}

/** What becomes of a value: `undefined` leaves it, `null` takes it away. */
const changed = <Value>(old: Value | undefined, wanted: Value | null | undefined): Value | undefined =>
  wanted === undefined ? old : (wanted ?? undefined)

/** Without what is not there, as it comes back from the store. */
const known = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
