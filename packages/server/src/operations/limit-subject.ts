import { SpekaError } from '@speka/core'
import { subjectKinds } from '@speka/core/internal'
import type { Actor } from '../actor.ts'
import type { SaidSubject } from '../limits/limit-fields.ts'
import type { LimitRecord } from '../store/records.ts'
import { label } from './fields.ts'
import type { OperationParts } from './operation.ts'
import { accountOf, findOwn } from './own-account.ts'

/** Whose requests a limit will count, and in which account. */
export interface FoundSubject {
  readonly account: string
  readonly subject: LimitRecord['subject']
}

/**
 * Finds whom a limit is about. What has an id tells the account; names mean something within one.
 *
 * @param asked the account that was named. Default: that of what has the id, else one's own.
 * @throws SpekaError `not_found`, `key_not_found`; `invalid_value` when it is of another account than the one that was named
 */
export async function findSubject(
  parts: OperationParts,
  actor: Actor,
  said: SaidSubject,
  asked: string | undefined,
): Promise<FoundSubject> {
  if (said.each === 'account')
    throw wrong('each', 'account has a meaning only in the configuration: here each limit is of one account')
  if (said.each !== undefined)
    return { account: (await accountOf(parts, actor, asked)).record.id, subject: { kind: said.each } }
  const kind = subjectKinds.find((one) => said[one] !== undefined) ?? 'account'
  const id = said[kind] ?? asked
  switch (kind) {
    case 'account': {
      const account = (await accountOf(parts, actor, id)).record.id
      refuseOther(kind, account, account, asked)
      return { account, subject: { kind } }
    }
    case 'team':
    case 'member':
    case 'key': {
      const { record } = await findOwn(parts, actor, kind, id ?? '')
      refuseOther(kind, record.id, record.account, asked)
      // A key that came in place of another counts with it.
      const counted = 'origin' in record ? (record.origin ?? record.id) : record.id
      return { account: record.account, subject: { kind, id: counted } }
    }
    case 'environment':
    case 'tag':
      if (!label.safeParse(id).success) throw wrong(kind, 'must be a word that keys are labelled with')
      break
    case 'customer':
      break
  }
  return {
    account: (await accountOf(parts, actor, asked)).record.id,
    subject: { kind, ...(id !== undefined && { id }) },
  }
}

function refuseOther(kind: string, id: string, account: string, asked: string | undefined): void {
  if (asked !== undefined && asked !== account) throw wrong(kind, `${id} is not of the account ${asked}`)
}

const wrong = (field: string, what: string): SpekaError =>
  new SpekaError('invalid_value', `subject.${field} ${what}.`, { param: `subject.${field}` })
