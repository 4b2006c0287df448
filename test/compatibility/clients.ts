import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeFindings, type Findable } from './find-out.ts'
import { endpoints, type Feature, features } from './features.ts'

const root = join(import.meta.dirname, '..', '..')

/** The clients in the order of the document. */
const clients = {
  'openai-node': 'openai (Node)',
  'openai-python': 'openai (Python)',
  'ai-sdk-openai': 'AI SDK, openai',
  'ai-sdk-openai-compatible': 'AI SDK, openai-compatible',
  'langchain-js': 'LangChain (JS)',
  'langchain-python': 'LangChain (Python)',
  'llamaindex-ts': 'LlamaIndex.TS',
  'llamaindex-python': 'LlamaIndex (Python)',
  curl: 'curl',
} as const

export type ClientId = keyof typeof clients

const described = new Map(features.map((feature) => [feature, titleOf(feature)]))

function titleOf(feature: Feature): string {
  const [name = '', own = ''] = feature.split('.')
  const endpoint = Object.entries(endpoints).find(([id]) => id === name)?.[1]
  const titles: Readonly<Record<string, string>> = endpoint?.features ?? {}
  return `${endpoint?.title}: ${titles[own]}`
}

/** Runs the suite of a client, which is a column of `docs/compatibility.md`. */
export function describeClient(
  id: ClientId,
  versions: Readonly<Record<string, string>>,
  suite: (find: Findable<Feature>) => void,
): void {
  const place = Object.keys(clients).indexOf(id) + 1
  describeFindings({ id, name: clients[id], place, kind: 'client', versions, features: described }, suite)
}

/** The versions of npm packages that this repository has installed. */
export const installedVersions = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => {
      const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')
      return [name, (JSON.parse(manifest) as { version: string }).version]
    }),
  )

/** The versions that a requirements file asks for. */
export function requiredVersions(file: string, ...names: readonly string[]): Record<string, string> {
  const lines = readFileSync(file, 'utf8').split('\n')
  const versions = new Map(lines.map((line) => line.split('==') as [string, string]))
  return Object.fromEntries(names.map((name) => [name, versions.get(name) ?? 'unknown']))
}
