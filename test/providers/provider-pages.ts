import { shippedModels } from '../../packages/core/src/catalog/shipped-models.ts'
import { shippedTargets } from '../../packages/core/src/catalog/shipped-targets.ts'
import { knownProviders, type KnownProvider } from '../../packages/core/src/providers/known-providers.ts'
import type { Provider } from '../../packages/core/src/providers/provider.ts'
import { providerFacts, type ProviderFacts } from '../../packages/core/src/providers/provider-facts.ts'
import { callOf, firstStep, target } from '../../packages/core/src/providers/run-provider.contract.ts'
import { operationNames } from '../../packages/core/src/wire/operation-name.ts'
import { tableOf } from '../support/markdown-table.ts'
import { rulesSection } from './rules-sections.ts'

/** The pages that list providers, as seen from the root of the repository. */
export const pages = ['README.md', 'docs/configuration.md', 'docs/providers.md']

/** Puts what follows from `knownProviders` into a page, each part between a comment that names it and the next comment. */
export function withProviders(page: string): string {
  return page.replace(
    /(<!-- providers: ([\w ]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${parts[name]?.() ?? ''}\n${end}`,
  )
}

/** A kind of provider that a configuration can name. */
interface Kind {
  readonly type: string
  readonly known: KnownProvider
  readonly facts: ProviderFacts
}

export const kinds: readonly Kind[] = (Object.keys(providerFacts) as (keyof typeof providerFacts)[]).map((type) => ({
  type,
  known: knownProviders[type],
  facts: providerFacts[type],
}))

/** What a provider may offer beside chat. Each has a table in docs/providers.md. */
export const besideChat = operationNames.filter((name) => name !== 'chat')

const parts: Readonly<Record<string, () => string>> = {
  environment: () =>
    tableOf(
      ['variable', 'provider type', 'address', 'serves from the catalog'],
      kinds.flatMap(({ type, known, facts }) =>
        known.keyVariable === undefined
          ? []
          : [[code(known.keyVariable), code(type), addressOf(known, facts), servedBy(type)]],
      ),
    ),
  types: () =>
    tableOf(
      ['type', 'upstream', 'serves', 'chat is sent', '`base_url`'],
      kinds.map(({ type, known, facts }) => [
        code(type),
        linked(facts),
        operationNames.filter((operation) => known.adapter[operation] !== undefined).join(', '),
        chatIsSent(known),
        baseUrlOf(known, facts),
      ]),
    ),
  list: () => {
    const named = kinds.filter(({ type }) => type !== 'openai-compatible')
    const list = `${named.slice(0, -1).map(linkOf).join(', ')} and ${named.slice(-1).map(linkOf).join('')}`
    return `Speka speaks to ${kinds.length} kinds of upstream: ${list}, and anything else that speaks OpenAI's API.\n`
  },
  chat: () =>
    kinds
      .flatMap(({ type, facts: { chat, others } }) =>
        chat === undefined ? [] : [rulesSection(type, chat), ...(others === undefined ? [] : [`${others}\n`])],
      )
      .join('\n'),
  dialects: () => {
    const own = kinds.flatMap(({ type, known: { adapter }, facts }) => {
      const { native = {} }: Provider = adapter
      const dialects = facts.native ?? Object.keys(native).join(', ')
      return dialects === '' ? [] : [[code(type), dialects, 'chat']]
    })
    return tableOf(
      ['type', "asked in its caller's own dialect", 'everything else'],
      [...own, ['all others', '–', 'chat']],
    )
  },
  ...Object.fromEntries(besideChat.map((operation) => [operation, () => whatBecomesOf(operation)])),
}

/** Providers with one fate share a row. */
function whatBecomesOf(operation: (typeof besideChat)[number]): string {
  const fates = Map.groupBy(kinds, ({ facts }) => facts[operation] ?? NONE)
  const rows = [...fates].filter(([says]) => says !== NONE)
  const none = fates.get(NONE) ?? []
  return tableOf(
    ['type', 'what becomes of a request'],
    [...rows, [NONE, none] as const].map(([says, which]) => [which.map(({ type }) => code(type)).join(' '), says]),
  )
}

const NONE = 'have none'

/** Which models of the catalog it serves without a word of configuration. */
function servedBy(type: string): string {
  const all = shippedModels.filter(({ id }) => id !== 'speka/sandbox')
  const served = all.filter(({ id }) => shippedTargets(id).some(({ provider }) => provider === type))
  const chat = all.filter(({ endpoints }) => endpoints.includes('chat'))
  if (served.length === 0) return 'none: name models in the file'
  if (served.length === all.length) return 'every model'
  if (served.length === chat.length && served.every((model) => chat.includes(model))) return 'every chat model'
  return served.length > 3 ? `${served.length} models: see \`speka models\`` : served.map(({ name }) => name).join(', ')
}

/** Another gateway may be anywhere, and so may what everybody has of their own. */
function addressOf({ baseUrl, baseUrlVariable }: KnownProvider, { address = baseUrl }: ProviderFacts): string {
  const all = [baseUrlVariable, address].flatMap((place) => (place === undefined ? [] : code(place)))
  return all.join(', or else ')
}

const baseUrlOf = ({ baseUrl }: KnownProvider, { address = baseUrl }: ProviderFacts): string =>
  address === undefined ? 'required' : code(address)

function chatIsSent({ adapter }: KnownProvider): string {
  if (adapter.chat === undefined) return ''
  const call = callOf('{"model":"a","messages":[{"role":"user","content":"Hi"}]}')
  return firstStep(adapter, call, target).path.endsWith('/chat/completions') ? "in OpenAI's shape" : 'translated'
}

const linked = ({ name, docs }: ProviderFacts): string => `[${name}](${docs})`

const linkOf = ({ facts }: Kind): string => linked(facts)

const code = (text: string): string => `\`${text}\``
