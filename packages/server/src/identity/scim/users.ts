import { SpekaError } from '@speka/core'
import { mintId } from '../../keys/key-format.ts'
import { email, name } from '../../operations/fields.ts'
import {
  directoryGroups,
  directoryMembers,
  putMember,
  roleIn,
  untilWritten,
  type Directory,
} from '../../operations/directory.ts'
import type { GroupRecord, MemberRecord } from '../../store/records.ts'
import { memberLookup, type AnyWrite, type Kept } from '../../store/registry.ts'
import type { Equal } from './filter.ts'
import { attributesOf, isObject, type Change } from './patch.ts'
import { USER } from './schemas.ts'

type Said = NonNullable<MemberRecord['directory']>

/** A user as a directory has it, taken apart. */
interface User {
  readonly userName: string | undefined
  readonly email: string | undefined
  readonly isActive: boolean
  readonly said: Pick<Said, 'externalId' | 'displayName' | 'givenName' | 'familyName'>
}

const nobody: User = { userName: undefined, email: undefined, isActive: true, said: {} }

const userOf = ({ email: address, status, directory = {} }: MemberRecord): User => {
  const { externalId, displayName, givenName, familyName, userName = address } = directory
  return {
    userName,
    email: address,
    isActive: status !== 'removed',
    said: { externalId, displayName, givenName, familyName },
  }
}

/** A member as SCIM shows him. */
export function viewUser(origin: string, groups: readonly Kept<'group'>[], { record, revision }: Kept<'member'>) {
  const { userName, isActive, said } = userOf(record)
  const own = groups.filter((group) => group.record.members.includes(record.id))
  return {
    schemas: [USER],
    id: record.id,
    ...(said.externalId !== undefined && { externalId: said.externalId }),
    userName,
    ...(said.displayName !== undefined && { displayName: said.displayName }),
    name: { givenName: said.givenName ?? '', familyName: said.familyName ?? '' },
    emails: [{ value: record.email, type: 'work', primary: true }],
    active: isActive,
    groups: own.map((group) => ({ value: group.record.id, display: group.record.name })),
    meta: {
      resourceType: 'User',
      created: new Date(record.createdAt).toISOString(),
      version: `W/"${revision}"`,
      location: `${origin}/scim/v2/Users/${record.id}`,
    },
  }
}

/** Whether a member is one that a filter asks for. */
export function isUser({ record }: Kept<'member'>, filter: readonly Equal[]): boolean {
  const { userName = '', isActive, said } = userOf(record)
  const values: Readonly<Record<string, string | undefined>> = {
    id: record.id,
    externalid: said.externalId,
    username: userName.toLowerCase(),
    emails: record.email.toLowerCase(),
    'emails.value': record.email.toLowerCase(),
    displayname: said.displayName,
    active: String(isActive),
  }
  return filter.every(({ attribute, value }) => {
    if (!(attribute in values))
      throw new SpekaError('invalid_value', `filter: users are not found by ${attribute}.`, { param: 'filter' })
    const isFolded = attribute === 'username' || attribute.startsWith('emails')
    return values[attribute] === (isFolded ? value.toLowerCase() : value)
  })
}

/** One of the account. @throws SpekaError `not_found` */
export async function findUser(directory: Directory, id: string): Promise<Kept<'member'>> {
  const found = (await directoryMembers(directory)).find(({ record }) => record.id === id)
  if (found !== undefined) return found
  throw new SpekaError('not_found', `There is no user ${id.slice(0, 100)}.`)
}

/** Makes a user; one who was deleted is the same member again. @throws SpekaError `conflict` when he is there */
export const createUser = (directory: Directory, body: unknown): Promise<Kept<'member'>> =>
  untilWritten(async () => {
    const user = userIn(body)
    const address = addressOf(user)
    const { parts, actor } = directory
    const lookup = memberLookup({ account: actor.account, email: address })
    const known = await parts.store.registry.findBy('member', lookup)
    const id = known?.record.id ?? mintId('mem')
    if (known !== undefined && known.record.directory?.isDeleted !== true) throw taken(address)
    await demandFreeName(directory, user, id)
    const fresh = { id, account: actor.account, createdAt: known?.record.createdAt ?? parts.now() }
    return putMember(directory, known, await recordOf(directory, { ...fresh, status: 'removed' }, user, address))
  })

/** Puts another in the place of all that is known of a user. */
export const replaceUser = (directory: Directory, id: string, body: unknown): Promise<Kept<'member'>> =>
  untilWritten(async () => change(directory, await findUser(directory, id), userIn(body)))

/** Changes what of a user a directory names. */
export const patchUser = (directory: Directory, id: string, changes: readonly Change[]): Promise<Kept<'member'>> =>
  untilWritten(async () => {
    const before = await findUser(directory, id)
    return change(directory, before, changes.reduce(changed, userOf(before.record)))
  })

/** Takes a user out of the account: he is not found any more. */
export const deleteUser = (directory: Directory, id: string): Promise<Kept<'member'>> =>
  untilWritten(async () => {
    const before = await findUser(directory, id)
    const after = { ...before.record, status: 'removed' as const }
    const groups = (await directoryGroups(directory)).filter(({ record }) => record.members.includes(id))
    // Should he come back, it is not into the roles of then.
    const left = groups.map((group): AnyWrite => {
      const members = group.record.members.filter((member) => member !== id)
      return { kind: 'group', before: group, after: { ...group.record, members } }
    })
    return putMember(directory, before, { ...after, directory: { ...after.directory, isDeleted: true } }, left)
  })

async function change(directory: Directory, before: Kept<'member'>, user: User): Promise<Kept<'member'>> {
  const address = addressOf(user)
  await demandFreeName(directory, user, before.record.id)
  const lookup = memberLookup({ account: before.record.account, email: address })
  const other = await directory.parts.store.registry.findBy('member', lookup)
  if (other !== undefined && other.record.id !== before.record.id) throw taken(address)
  return putMember(directory, before, await recordOf(directory, before.record, user, address))
}

/** The record of a user. Who was there keeps his state; who comes, or comes back, is invited until he signs in. */
async function recordOf(
  directory: Directory,
  before: Pick<MemberRecord, 'id' | 'account' | 'createdAt' | 'status'>,
  { userName, isActive, said }: User,
  address: string,
): Promise<MemberRecord> {
  const groups: GroupRecord[] = (await directoryGroups(directory)).map(({ record }) => record)
  const { id, account, createdAt, status } = before
  return {
    id,
    account,
    createdAt,
    email: address,
    role: roleIn(groups, id, directory),
    status: !isActive ? 'removed' : status === 'removed' ? 'invited' : status,
    directory: Object.fromEntries(Object.entries({ userName, ...said }).filter(([, value]) => value !== undefined)),
  }
}

const taken = (userName: string): SpekaError =>
  new SpekaError('conflict', `${userName} is in the account already.`, { param: 'userName' })

/** A name belongs to one. @throws SpekaError `conflict` */
async function demandFreeName(directory: Directory, { userName = '' }: User, id: string): Promise<void> {
  const isTaken = (await directoryMembers(directory)).some(
    ({ record }) => record.id !== id && userOf(record).userName?.toLowerCase() === userName.toLowerCase(),
  )
  if (isTaken) throw taken(userName)
}

/** The address by which somebody is a member. */
function addressOf({ userName, email: said }: User): string {
  if (userName === undefined || userName === '')
    throw new SpekaError('invalid_value', 'userName is missing.', { param: 'userName' })
  const found = [said, userName].find((text) => email.safeParse(text).success)
  if (found !== undefined) return found
  throw new SpekaError('invalid_value', 'userName, or one of emails, must be an e-mail address.', { param: 'userName' })
}

function userIn(body: unknown): User {
  if (!isObject(body)) throw new SpekaError('invalid_value', 'The body must be an object.')
  return attributesOf(body)
    .map(([path, value]): Change => ({ op: 'replace', attribute: path.toLowerCase(), only: undefined, value }))
    .reduce(changed, nobody)
}

/** What an attribute changes. Those that nobody here has a use for change nothing. */
const attributes: Readonly<Record<string, (user: User, value: unknown) => User>> = {
  username: (user, value) => ({ ...user, userName: textIn('userName', value) }),
  active: (user, value) => ({ ...user, isActive: value === undefined || booleanIn(value) }),
  emails: (user, value) => ({ ...user, email: emailIn(value) }),
  'emails.value': (user, value) => ({ ...user, email: textIn('emails', value) }),
  externalid: (user, value) => said(user, { externalId: textIn('externalId', value) }),
  displayname: (user, value) => said(user, { displayName: textIn('displayName', value) }),
  'name.givenname': (user, value) => said(user, { givenName: textIn('name.givenName', value) }),
  'name.familyname': (user, value) => said(user, { familyName: textIn('name.familyName', value) }),
}

const said = (user: User, more: User['said']): User => ({ ...user, said: { ...user.said, ...more } })

function changed(user: User, { op, attribute, value }: Change): User {
  const change = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
  return change === undefined ? user : change(user, op === 'remove' ? undefined : value)
}

function textIn(attribute: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const parsed = name.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SpekaError('invalid_value', `${attribute} must be a text of at most 200 characters.`, { param: attribute })
}

/** Okta sends a boolean, Entra the word "False". */
function booleanIn(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (word === 'true' || word === 'false') return word === 'true'
  throw new SpekaError('invalid_value', 'active must be true or false.', { param: 'active' })
}

/** The primary one, else that of work, else the first. */
function emailIn(value: unknown): string | undefined {
  const all = (Array.isArray(value) ? value : []).filter(isObject)
  const best =
    all.find(({ primary }) => primary === true || primary === 'True' || primary === 'true') ??
    all.find(({ type }) => type === 'work') ??
    all[0]
  return textIn('emails', best?.['value'])
}
