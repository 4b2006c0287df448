import type { JWTPayload } from 'jose'
import { refused } from '../../keys/key-refusal.ts'
import type { AccountRecord, MemberRecord } from '../../store/records.ts'
import { memberLookup, type Registry } from '../../store/registry.ts'
import type { VerifiedToken } from './verify-token.ts'

/** Who comes with a token, as the registry has him. */
export interface Caller {
  readonly account: AccountRecord
  readonly member: MemberRecord | undefined
  /** The id of his team. */
  readonly team: string | undefined
  /** Globs of the models that the token allows. `undefined`: it says nothing of them. */
  readonly models: readonly string[] | undefined
  /** What he is called, for people. */
  readonly name: string
}

/**
 * Whom a token speaks for. A claim that the configuration goes by has to be there: who says nothing of his team is not
 * without its limits.
 *
 * @throws SpekaError `invalid_api_key` that names the claim at fault
 */
export async function findCaller(token: VerifiedToken, registry: Registry): Promise<Caller> {
  const { issuer, claims } = token
  const account = await accountOf(token, registry)
  return {
    account,
    team:
      issuer.team === undefined
        ? undefined
        : await teamOf(textIn(claims, issuer.team), issuer.team, account.id, registry),
    member: await memberOf(token, account.id, registry),
    models: issuer.models === undefined ? undefined : listIn(claims, issuer.models),
    name: nameOf(token),
  }
}

async function accountOf({ issuer: { account }, claims }: VerifiedToken, registry: Registry): Promise<AccountRecord> {
  const id = 'id' in account ? account.id : textIn(claims, account.claim)
  const kept = await registry.get('account', id)
  if (kept !== undefined) return kept.record
  throw 'id' in account
    ? refused('The account that tokens of this issuer belong to does not exist. Ask whoever runs the gateway.')
    : refused(`The claim "${account.claim}" of this token names no account here. It has to be the id of one, "acc_…".`)
}

/** By his address or his id. Of a member that no claim is configured for, the address may tell. */
async function memberOf(
  { issuer, claims }: VerifiedToken,
  account: string,
  registry: Registry,
): Promise<MemberRecord | undefined> {
  const { member: claim } = issuer
  if (claim === undefined) {
    const { email, email_verified: isVerified } = claims
    if (typeof email !== 'string' || isVerified === false) return undefined
    return (await registry.findBy('member', memberLookup({ account, email })))?.record
  }
  const said = textIn(claims, claim)
  const kept =
    (await registry.findBy('member', memberLookup({ account, email: said }))) ?? (await registry.get('member', said))
  if (kept?.record.account === account) return kept.record
  throw refused(`The claim "${claim}" of this token names no member of the account. Invite him first.`)
}

async function teamOf(said: string, claim: string, account: string, registry: Registry): Promise<string> {
  const teams = await registry.list('team', { account })
  const found = teams.find(({ record }) => record.id === said) ?? teams.find(({ record }) => record.name === said)
  if (found !== undefined) return found.record.id
  throw refused(`The claim "${claim}" of this token names no team of the account. Make it first, or name another.`)
}

/** What a claim holds; its name may be a path, `realm_access.roles`, unless a claim has just that name. */
export function claimIn(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let there: unknown = claims
  for (const part of name.split('.')) {
    if (typeof there !== 'object' || there === null || !Object.hasOwn(there, part)) return undefined
    there = (there as Readonly<Record<string, unknown>>)[part]
  }
  return there
}

function textIn(claims: JWTPayload, name: string): string {
  const value = claimIn(claims, name)
  if (typeof value === 'string' && value !== '') return value
  throw refused(`The claim "${name}" of this token has to be a text.`)
}

/** A list, or words with spaces or commas between. */
function listIn(claims: JWTPayload, name: string): string[] {
  const value = claimIn(claims, name)
  const list = typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : value
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list
  throw refused(`The claim "${name}" of this token has to be a list of models.`)
}

const MOST_NAME = 200

/** Control characters, and what turns the direction of what follows. */
const UNSEEN = /\p{C}/gu

function nameOf({ subject, claims }: VerifiedToken): string {
  const said = ['email', 'preferred_username', 'name'].map((claim) => claims[claim])
  const text = said.find((value) => typeof value === 'string' && value.trim() !== '') ?? subject
  return String(text).replace(UNSEEN, '').trim().slice(0, MOST_NAME) || 'a caller without a name'
}
