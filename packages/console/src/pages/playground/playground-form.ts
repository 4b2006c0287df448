import type { SearchParams } from '../../search-params.ts'

/** What can be tried. */
export const kinds = ['chat', 'images', 'embeddings'] as const

export type Kind = (typeof kinds)[number]

/** How many models stand side by side at the most. */
export const MOST_MODELS = 4

/** What the address says, so that it can be sent to a colleague. */
export interface Settings {
  readonly kind: Kind
  /** One for each column; an empty one is still to be chosen. */
  readonly models: readonly string[]
  readonly temperature: string
  readonly maxTokens: string
  readonly json: boolean
  /** The id of the key to ask with; `''`: one's own for this. */
  readonly key: string
}

/** What is typed. It stays in the page, and is gone with it. */
export interface Prompt {
  readonly system: string
  readonly user: string
  /** Definitions of tools, as JSON. */
  readonly tools: string
}

/** A body for `/v1`. */
export type Body = Readonly<Record<string, unknown>>

/** What is wrong with a form, by its field. */
export type Faults = Readonly<Partial<Record<'temperature' | 'maxTokens' | 'tools' | 'user', string>>>

/** Ids of models hold no space, and an address that people read had better not hold a line end. */
const BETWEEN = ' '

/** What answers wherever there is a gateway. */
const FIRST_MODEL = 'speka/sandbox'

export function readSettings(said: SearchParams): Settings {
  return {
    kind: kinds.find((kind) => kind === said['tab']) ?? 'chat',
    models: (said['models'] ?? FIRST_MODEL).split(BETWEEN).slice(0, MOST_MODELS),
    temperature: said['temperature'] ?? '',
    maxTokens: said['max_tokens'] ?? '',
    json: said['json'] === 'on',
    key: said['key_id'] ?? '',
  }
}

/** The same as the address has it. */
export const writeSettings = (settings: Settings): Readonly<Record<string, string | undefined>> => ({
  tab: settings.kind === 'chat' ? undefined : settings.kind,
  models: chosen(settings).join(BETWEEN),
  temperature: settings.temperature,
  max_tokens: settings.maxTokens,
  json: settings.json ? 'on' : undefined,
  key_id: settings.key,
})

/** The models that were named. */
export const chosen = ({ models }: Settings): readonly string[] => models.filter((model) => model !== '')

/** The path of the playground, and the one of `/v1` that answers it. */
export const pathsOf: Readonly<Record<Kind, string>> = {
  chat: 'chat/completions',
  images: 'images/generations',
  embeddings: 'embeddings',
}

/** The request that a form makes of one model, or what is wrong with it. */
export function requestOf(settings: Settings, prompt: Prompt): { readonly body: Body } | { readonly faults: Faults } {
  const faults = faultsOf(settings, prompt)
  return Object.keys(faults).length > 0 ? { faults } : { body: bodies[settings.kind](settings, prompt) }
}

function faultsOf({ kind, temperature, maxTokens }: Settings, { user, tools }: Prompt): Faults {
  const empty = user.trim() === '' ? { user: 'Say what to ask.' } : {}
  if (kind !== 'chat') return empty
  return {
    ...empty,
    ...(isBetween(temperature, 0, 2) ? {} : { temperature: 'A number from 0 to 2, or nothing.' }),
    ...(/^\d{0,9}$/.test(maxTokens) && maxTokens !== '0' ? {} : { maxTokens: 'A whole number above 0, or nothing.' }),
    ...(toolsIn(tools) === undefined
      ? { tools: 'JSON of one tool, or of a list: {"type": "function", "function": {"name": "…", "parameters": {…}}}' }
      : {}),
  }
}

const isBetween = (text: string, least: number, most: number): boolean =>
  text === '' || (Number(text) >= least && Number(text) <= most)

const bodies: Readonly<Record<Kind, (settings: Settings, prompt: Prompt) => Body>> = {
  chat({ temperature, maxTokens, json }, { system, user, tools }) {
    const list = toolsIn(tools) ?? []
    return {
      messages: [
        ...(system.trim() === '' ? [] : [{ role: 'system', content: system }]),
        { role: 'user', content: user },
      ],
      ...(temperature === '' ? {} : { temperature: Number(temperature) }),
      ...(maxTokens === '' ? {} : { max_tokens: Number(maxTokens) }),
      ...(json ? { response_format: { type: 'json_object' } } : {}),
      ...(list.length === 0 ? {} : { tools: list }),
    }
  },
  // As bytes: the page may load nothing from elsewhere.
  images: (_, { user }) => ({ prompt: user, response_format: 'b64_json' }),
  embeddings: (_, { user }) => ({ input: user }),
}

/** The tools that a text defines; `undefined`: it defines none that could be sent. */
function toolsIn(text: string): readonly unknown[] | undefined {
  if (text.trim() === '') return []
  try {
    const value: unknown = JSON.parse(text)
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    return list.every((tool) => typeof tool === 'object' && tool !== null && !Array.isArray(tool)) ? list : undefined
  } catch {
    return undefined
  }
}
