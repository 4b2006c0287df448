import { SpekaError } from '@speka/core'
import { mintId } from '../../keys/key-format.ts'
import { name } from '../../operations/fields.ts'
import {
  directoryGroups,
  directoryMembers,
  putGroup,
  untilWritten,
  type Directory,
} from '../../operations/directory.ts'
import type { GroupRecord } from '../../store/records.ts'
import type { Kept } from '../../store/registry.ts'
import type { Equal } from './filter.ts'
import { isObject, type Change } from './patch.ts'
import { GROUP } from './schemas.ts'

/** How many a group may have. */
const MOST_MEMBERS = 10_000

/** A group as SCIM shows it. */
export function viewGroup(origin: string, members: readonly Kept<'member'>[], { record, revision }: Kept<'group'>) {
  const names = new Map(members.map(({ record: member }) => [member.id, member.directory?.userName ?? member.email]))
  return {
    schemas: [GROUP],
    id: record.id,
    ...(record.externalId !== undefined && { externalId: record.externalId }),
    displayName: record.name,
    members: record.members.flatMap((value) => {
      const display = names.get(value)
      return display === undefined ? [] : [{ value, display }]
    }),
    meta: {
      resourceType: 'Group',
      created: new Date(record.createdAt).toISOString(),
      version: `W/"${revision}"`,
      location: `${origin}/scim/v2/Groups/${record.id}`,
    },
  }
}

/** Whether a group is one that a filter asks for. */
export const isGroup = ({ record }: Kept<'group'>, filter: readonly Equal[]): boolean =>
  filter.every(({ attribute, value }) => {
    switch (attribute) {
      case 'id':
        return record.id === value
      case 'displayname':
        return record.name.toLowerCase() === value.toLowerCase()
      case 'externalid':
        return record.externalId === value
      case 'members':
      case 'members.value':
        return record.members.includes(value)
      default:
        throw new SpekaError('invalid_value', `filter: groups are not found by ${attribute}.`, { param: 'filter' })
    }
  })

/** One of the account. @throws SpekaError `not_found` */
export function groupIn(groups: readonly Kept<'group'>[], id: string): Kept<'group'> {
  const found = groups.find(({ record }) => record.id === id)
  if (found !== undefined) return found
  throw new SpekaError('not_found', `There is no group ${id.slice(0, 100)}.`)
}

/** Makes a group. @throws SpekaError `conflict` when one is called so */
export const createGroup = (directory: Directory, body: unknown): Promise<Kept<'group'>> =>
  untilWritten(async () => {
    const { parts, actor } = directory
    const fresh = { id: mintId('grp'), account: actor.account, createdAt: parts.now(), name: '', members: [] }
    return put(directory, await directoryGroups(directory), undefined, changedBy(fresh, changesIn(body)))
  })

/** Puts another in the place of all that is known of a group. */
export const replaceGroup = (directory: Directory, id: string, body: unknown): Promise<Kept<'group'>> =>
  untilWritten(async () => {
    const groups = await directoryGroups(directory)
    const before = groupIn(groups, id)
    const { account, createdAt } = before.record
    const bare = { id, account, createdAt, name: '', members: [] }
    return put(directory, groups, before, changedBy(bare, changesIn(body)))
  })

/** Changes what of a group a directory names. */
export const patchGroup = (directory: Directory, id: string, changes: readonly Change[]): Promise<Kept<'group'>> =>
  untilWritten(async () => {
    const groups = await directoryGroups(directory)
    const before = groupIn(groups, id)
    return put(directory, groups, before, changedBy(before.record, changes))
  })

/** Removes a group: those who had a role by it have what is left. */
export const deleteGroup = (directory: Directory, id: string): Promise<Kept<'group'>> =>
  untilWritten(async () => {
    const groups = await directoryGroups(directory)
    const before = groupIn(groups, id)
    return putGroup(directory, groups, before, { ...before.record, removedAt: directory.parts.now() })
  })

async function put(
  directory: Directory,
  groups: readonly Kept<'group'>[],
  before: Kept<'group'> | undefined,
  after: GroupRecord,
): Promise<Kept<'group'>> {
  if (after.name === '') throw new SpekaError('invalid_value', 'displayName is missing.', { param: 'displayName' })
  const isSame = ({ record }: Kept<'group'>): boolean =>
    record.id !== after.id && record.name.toLowerCase() === after.name.toLowerCase()
  if (groups.some(isSame))
    throw new SpekaError('conflict', `A group is called ${after.name} already.`, { param: 'displayName' })
  if (after.members.length > MOST_MEMBERS)
    throw new SpekaError('invalid_value', `members must be at most ${MOST_MEMBERS}.`, { param: 'members' })
  const known = new Set((await directoryMembers(directory)).map(({ record }) => record.id))
  const stray = after.members.find((id) => !known.has(id) && before?.record.members.includes(id) !== true)
  if (stray !== undefined)
    throw new SpekaError('invalid_value', `members: there is no user ${stray.slice(0, 100)}.`, { param: 'members' })
  return putGroup(directory, groups, before, after)
}

function changesIn(body: unknown): Change[] {
  if (!isObject(body)) throw new SpekaError('invalid_value', 'The body must be an object.')
  return Object.entries(body).map(([attribute, value]) => ({
    op: 'replace',
    attribute: attribute.toLowerCase(),
    only: undefined,
    value,
  }))
}

const changedBy = (group: GroupRecord, changes: readonly Change[]): GroupRecord => changes.reduce(changed, group)

function changed(group: GroupRecord, { op, attribute, only, value }: Change): GroupRecord {
  switch (attribute) {
    case 'displayname':
      return { ...group, name: textIn('displayName', value) ?? '' }
    case 'externalid':
      return { ...group, externalId: op === 'remove' ? undefined : textIn('externalId', value) }
    case 'members':
      return { ...group, members: membersAfter(group.members, op, only, value) }
    default:
      return group
  }
}

function membersAfter(before: readonly string[], op: Change['op'], only: string | undefined, value: unknown): string[] {
  const said = idsIn(value)
  if (op === 'add') return [...new Set([...before, ...said])]
  if (op === 'replace') return [...new Set(said)]
  // Okta names the one in the path, Entra may name them in the value; with neither, all go.
  const gone = only === undefined ? said : [only]
  return value === undefined && only === undefined ? [] : before.filter((id) => !gone.includes(id))
}

function idsIn(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    const id = isObject(one) ? one['value'] : one
    if (typeof id === 'string' && id !== '') return id
    throw new SpekaError('invalid_value', 'members must be a list of objects with a value.', { param: 'members' })
  })
}

function textIn(attribute: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const parsed = name.safeParse(value)
  if (parsed.success) return parsed.data
  throw new SpekaError('invalid_value', `${attribute} must be a text of at most 200 characters.`, { param: attribute })
}
