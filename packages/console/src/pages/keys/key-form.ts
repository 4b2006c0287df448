import type { Key } from '../../api/lists.ts'
import type { paths } from '../../api/schema.ts'
import { localTime, momentOf } from '../../format/local-time.ts'
import { asWords, wordsIn } from '../../format/words.ts'

type NewKeyBody = paths['/api/v1/keys']['post']['requestBody']['content']['application/json']
type KeyChanges = NonNullable<paths['/api/v1/keys/{id}']['patch']['requestBody']>['content']['application/json']

/** What a key may be asked for. */
export const endpoints = [
  'chat',
  'embeddings',
  'images',
  'image_edits',
  'rerank',
  'transcription',
  'translation',
  'speech',
  'moderation',
] as const
export type Endpoint = (typeof endpoints)[number]

export const windows = ['day', 'week', 'month', 'lifetime'] as const
export type Window = (typeof windows)[number]

/** The limits of a key that are counts, by how they are called. */
export const rates = {
  rpm: 'Requests a minute',
  rpd: 'Requests a day',
  tpm: 'Tokens a minute',
  max_parallel: 'Requests at once',
} as const
const rateNames = ['rpm', 'rpd', 'tpm', 'max_parallel'] as const

/** A key as its form has it: what is typed. */
export interface KeyForm {
  readonly name: string
  readonly mode: 'live' | 'test'
  readonly team: string
  readonly environment: string
  readonly member: string
  readonly tags: string
  readonly models: string
  readonly providers: string
  /** None: everything. */
  readonly endpoints: readonly Endpoint[]
  readonly usd: string
  readonly window: Window
  readonly rpm: string
  readonly rpd: string
  readonly tpm: string
  readonly max_parallel: string
  readonly expires: string
}

export const emptyForm: KeyForm = {
  name: '',
  mode: 'live',
  team: '',
  environment: '',
  member: '',
  tags: '',
  models: '',
  providers: '',
  endpoints: [],
  usd: '',
  window: 'month',
  rpm: '',
  rpd: '',
  tpm: '',
  max_parallel: '',
  expires: '',
}

/** The limits that are the key's own and stop it: others of it are changed among the limits. */
const ownLimits = ({ limits }: Pick<Key, 'limits'>): Key['limits'] =>
  limits.filter(({ models, on_reached }) => models === null && on_reached === 'stop')

/** How many windows a key has a limit on money in. With several, the form has none of them. */
export const moneyWindows = (key: Pick<Key, 'limits'>): number =>
  ownLimits(key).filter(({ kind }) => kind === 'usd').length

/** A key as it is. */
export function formOf(key: Key): KeyForm {
  const own = ownLimits(key)
  const rate = (name: (typeof rateNames)[number]): string => own.find(({ kind }) => kind === name)?.limit ?? ''
  const money = moneyWindows(key) === 1 ? own.find(({ kind }) => kind === 'usd') : undefined
  return {
    name: key.name,
    mode: key.mode,
    team: key.team ?? '',
    environment: key.environment ?? '',
    member: key.member ?? '',
    tags: asWords(key.tags),
    models: asWords(key.models),
    providers: asWords(key.providers),
    endpoints: endpoints.filter((one) => key.endpoints?.includes(one)),
    usd: money?.limit ?? '',
    window: windows.find((one) => one === money?.window) ?? 'month',
    rpm: rate('rpm'),
    rpd: rate('rpd'),
    tpm: rate('tpm'),
    max_parallel: rate('max_parallel'),
    expires: localTime(key.expires_at),
  }
}

const wordsOrNone = (text: string): string[] | undefined => {
  const words = wordsIn(text)
  return words.length === 0 ? undefined : words
}

/** What to send to make a key. */
export function newKeyBody(form: KeyForm, account: string | undefined): NewKeyBody {
  const limits = {
    ...(form.usd !== '' && { usd: form.usd, window: form.window }),
    ...Object.fromEntries(rateNames.flatMap((name) => (form[name] === '' ? [] : [[name, Number(form[name])]]))),
  }
  return {
    name: form.name,
    mode: form.mode,
    account,
    team: form.team || undefined,
    environment: form.environment || undefined,
    member: form.member || undefined,
    tags: wordsOrNone(form.tags),
    models: wordsOrNone(form.models),
    providers: wordsOrNone(form.providers),
    endpoints: form.endpoints.length === 0 ? undefined : [...form.endpoints],
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    expires_at: form.expires === '' ? undefined : momentOf(form.expires),
  }
}

/** What to send to make of a key what the form says: what is as it was seen is left out, so that it stays as it is. */
export function keyChanges(seen: KeyForm, form: KeyForm): KeyChanges {
  const changed = (field: keyof KeyForm): boolean => String(seen[field]) !== String(form[field])
  const text = (field: 'team' | 'environment' | 'member'): string | null | undefined =>
    changed(field) ? form[field] || null : undefined
  const list = (field: 'tags' | 'models' | 'providers'): string[] | null | undefined =>
    changed(field) ? (wordsOrNone(form[field]) ?? null) : undefined
  return {
    name: changed('name') ? form.name : undefined,
    team: text('team'),
    environment: text('environment'),
    member: text('member'),
    tags: list('tags'),
    models: list('models'),
    providers: list('providers'),
    endpoints: !changed('endpoints') ? undefined : form.endpoints.length === 0 ? null : [...form.endpoints],
    limits: limitChanges(seen, form),
    expires_at: !changed('expires') ? undefined : form.expires === '' ? null : momentOf(form.expires),
  }
}

function limitChanges(seen: KeyForm, form: KeyForm): KeyChanges['limits'] {
  const rateChanges = rateNames.flatMap((name) =>
    seen[name] === form[name] ? [] : [[name, form[name] === '' ? null : Number(form[name])]],
  )
  const money = seen.usd === form.usd ? {} : form.usd === '' ? { usd: null } : { usd: form.usd, window: form.window }
  const changes = { ...money, ...Object.fromEntries(rateChanges) }
  return Object.keys(changes).length === 0 ? undefined : changes
}
