import { SpekaError } from '@speka/core'
import type { AdminExchange } from '../../http/exchange.ts'
import { readBody } from '../../http/read-body.ts'
import { isTokenId } from '../../keys/admin-tokens.ts'
import { directoryGroups, directoryMembers, type Directory } from '../../operations/directory.ts'
import { demandFeature } from '../../operations/features.ts'
import { demandRight } from '../../operations/rights.ts'
import type { SiteParts } from '../../site/site-parts.ts'
import { readFilter, type Equal } from './filter.ts'
import { createGroup, deleteGroup, groupIn, isGroup, patchGroup, replaceGroup, viewGroup } from './groups.ts'
import { readPatch } from './patch.ts'
import { respondScim } from './respond-scim.ts'
import { LIST, MOST_LISTED, resourceTypes, schemas, serviceProviderConfig } from './schemas.ts'
import { createUser, deleteUser, findUser, isUser, patchUser, replaceUser, viewUser } from './users.ts'

const MOST_BYTES = 1024 * 1024
/** How many a list has unless it is said. */
const USUAL = 100

/** What is answered. */
interface Answer {
  readonly status: number
  readonly body?: object | undefined
  /** Where what was made or changed is. */
  readonly location?: string | undefined
}

/** One of what a directory keeps. */
interface Resource {
  readonly meta: { readonly location: string }
}

/** A request of a directory, once it is known whose. */
interface Asked {
  readonly directory: Directory
  readonly exchange: AdminExchange
  /** Where the gateway is, for the addresses of resources. */
  readonly origin: string
  /** What stands behind the kind of resource. */
  readonly id: string | undefined
  readonly body: () => Promise<unknown>
}

/** `/scim/v2/*`: a company's directory keeps the members of an account as its own people are. RFC 7644. */
export const serveScim =
  (parts: SiteParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const { id, request, response, path } = exchange
    const [kind = '', named, ...more] = path.slice('/scim/v2/'.length).split('/')
    const directory = await directoryOf(parts, exchange)
    const handle =
      more.length === 0 ? resources[kind]?.[request.method === 'HEAD' ? 'GET' : (request.method ?? '')] : undefined
    if (handle === undefined) throw nothingHere(kind, request.method)
    const origin = parts.site().publicUrl ?? `http://${request.headers.host}`
    const body = async (): Promise<unknown> => readJson(exchange)
    const answer = await handle({ directory, exchange, origin, id: named, body })
    respondScim(response, id, answer.status, answer.body, answer.location)
  }

const nothingHere = (kind: string, method: string | undefined): SpekaError =>
  resources[kind] === undefined
    ? new SpekaError('unknown_url', 'There is no such resource. There are Users and Groups.')
    : new SpekaError('method_not_allowed', `${method} is not possible here.`)

/** Whose members it is about: those of the account whose token it is. */
async function directoryOf(parts: SiteParts, { actor }: AdminExchange): Promise<Directory> {
  if (actor.kind !== 'account' || !isTokenId(actor.by))
    throw new SpekaError(
      'permission_denied',
      'A directory needs a token of an account: speka tokens create --role owner',
    )
  demandRight(actor, 'members.write')
  await demandFeature(parts.operations, actor, 'sso')
  const mapping = parts.directories?.().find(({ account }) => account === actor.account)
  if (mapping === undefined)
    throw new SpekaError(
      'permission_denied',
      `No directory keeps the members of ${actor.account}. Whoever runs the gateway says so in identity.scim.`,
    )
  return { parts: parts.operations, actor, roles: mapping.roles, defaultRole: mapping.defaultRole }
}

async function readJson({ request, response }: AdminExchange): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/scim+json' && type !== 'application/json')
    throw new SpekaError('unsupported_media_type', 'Send the body as application/scim+json.')
  const bytes = await readBody(request, response, MOST_BYTES)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new SpekaError('invalid_json', 'The body is not valid JSON in UTF-8.', { cause })
  }
}

type Handle = (asked: Asked) => Promise<Answer>

const fixed =
  (body: object): Handle =>
  async () => ({ status: 200, body })

const whole = (all: readonly { readonly id: string }[]): Handle => {
  return async ({ id }) => {
    if (id === undefined) return { status: 200, body: listOf(all, 1) }
    const found = all.find((one) => one.id === decodeURIComponent(id))
    if (found !== undefined) return { status: 200, body: found }
    throw new SpekaError('not_found', 'There is none of that id.')
  }
}

const idOf = ({ id = '' }: Asked): string => {
  if (id !== '') return id
  throw new SpekaError('method_not_allowed', 'This is possible with one of them alone: say its id in the path.')
}

const resources: Readonly<Record<string, Readonly<Record<string, Handle>> | undefined>> = {
  ServiceProviderConfig: { GET: fixed(serviceProviderConfig) },
  ResourceTypes: { GET: whole(resourceTypes) },
  Schemas: { GET: whole(schemas) },
  Users: {
    async GET(asked) {
      const { directory, origin, id } = asked
      const groups = await directoryGroups(directory)
      if (id !== undefined && id !== '') return shown(asked, viewUser(origin, groups, await findUser(directory, id)))
      return listed(asked, await directoryMembers(directory), isUser, (one) => viewUser(origin, groups, one))
    },
    async POST({ directory, origin, body }) {
      return one(201, viewUser(origin, [], await createUser(directory, await body())))
    },
    async PUT(asked) {
      return user(asked, await replaceUser(asked.directory, idOf(asked), await asked.body()))
    },
    async PATCH(asked) {
      return user(asked, await patchUser(asked.directory, idOf(asked), readPatch(await asked.body())))
    },
    async DELETE(asked) {
      await deleteUser(asked.directory, idOf(asked))
      return { status: 204 }
    },
  },
  Groups: {
    async GET(asked) {
      const { directory, origin, id } = asked
      const [groups, members] = [await directoryGroups(directory), await directoryMembers(directory)]
      if (id !== undefined && id !== '') return shown(asked, viewGroup(origin, members, groupIn(groups, id)))
      return listed(asked, groups, isGroup, (one) => viewGroup(origin, members, one))
    },
    async POST(asked) {
      return group(asked, await createGroup(asked.directory, await asked.body()), 201)
    },
    async PUT(asked) {
      return group(asked, await replaceGroup(asked.directory, idOf(asked), await asked.body()))
    },
    async PATCH(asked) {
      return group(asked, await patchGroup(asked.directory, idOf(asked), readPatch(await asked.body())))
    },
    async DELETE(asked) {
      await deleteGroup(asked.directory, idOf(asked))
      return { status: 204 }
    },
  },
}

const one = (status: number, resource: Resource): Answer => ({
  status,
  body: resource,
  location: resource.meta.location,
})

const user = async ({ directory, origin }: Asked, kept: Parameters<typeof viewUser>[2]): Promise<Answer> =>
  one(200, viewUser(origin, await directoryGroups(directory), kept))

const group = async (
  { directory, origin }: Asked,
  kept: Parameters<typeof viewGroup>[2],
  status = 200,
): Promise<Answer> => one(status, viewGroup(origin, await directoryMembers(directory), kept))

/** One, without what the directory has no use for. */
const shown = ({ exchange }: Asked, resource: Resource): Answer => ({
  status: 200,
  body: without(resource, exchange.query.get('excludedAttributes')),
})

function without<Shown extends object>(resource: Shown, names: string | null): Shown {
  if (names === null) return resource
  const left = names.split(',').map((name) => name.trim().toLowerCase())
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !left.includes(name.toLowerCase()))) as Shown
}

function listed<Row>(
  { exchange: { query } }: Asked,
  rows: readonly Row[],
  isWanted: (row: Row, filter: readonly Equal[]) => boolean,
  view: (row: Row) => object,
): Answer {
  const filter = query.get('filter')
  const equal = filter === null ? [] : readFilter(filter)
  const found = rows.filter((row) => isWanted(row, equal))
  // A number that makes no sense is what it comes nearest to: RFC 7644, section 3.4.2.4.
  const start = Math.max(1, Math.trunc(Number(query.get('startIndex') ?? 1)) || 1)
  const count = Math.min(MOST_LISTED, Math.max(0, Math.trunc(Number(query.get('count') ?? USUAL)) || 0))
  const page = found.slice(start - 1, start - 1 + count)
  const excluded = query.get('excludedAttributes')
  return {
    status: 200,
    body: listOf(
      page.map((row) => without(view(row), excluded)),
      start,
      found.length,
    ),
  }
}

const listOf = (page: readonly object[], startIndex: number, totalResults = page.length) => ({
  schemas: [LIST],
  totalResults,
  startIndex,
  itemsPerPage: page.length,
  Resources: page,
})
