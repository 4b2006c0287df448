import { absent } from './absent.ts'
import { endpoints, messageFeatures, rankingFeatures, serverFeatures } from './features.ts'
import { allFindings, type Finding, type Findings } from './record.ts'

/** Where the page is, from the root of the repository. */
export const DOCUMENT = 'docs/compatibility.md'

/** `docs/compatibility.md`, made of what the tests have recorded. */
export function compatibilityDocument(): string {
  const all = allFindings()
  const clients = all.filter(({ kind }) => kind === 'client')
  const speakers = all.filter(({ kind }) => kind === 'message client')
  const rankers = all.filter(({ kind }) => kind === 'ranking client')
  const servers = all.filter(({ kind }) => kind === 'model server')
  const perEndpoint = Object.entries(endpoints).flatMap(([name, { title, features }]) => [
    `## ${title}`,
    ...findingsTable(clients, prefixed(name, features)),
  ])
  return `${[
    INTRODUCTION,
    ...perEndpoint,
    MESSAGES,
    ...findingsTable(speakers, messageFeatures),
    RANKINGS,
    ...findingsTable(rankers, rankingFeatures),
    NOT_THERE,
    absent.map(({ what }) => `- ${what}`).join('\n'),
    MODEL_SERVERS,
    ...findingsTable(servers, serverFeatures),
    OTHER_SERVERS,
    VERSIONS,
    versionsTable([...clients, ...speakers, ...rankers, ...servers]),
  ].join('\n\n')}\n`
}

const INTRODUCTION = `# Compatibility

<!-- Made by the tests: see test/compatibility/README.md. -->

Each cell is a test that ran against a gateway, over a socket, with the client as it is published. **yes**: it works. **no**: it does not.
**–**: the client has no way to ask for it. A number points to what has to be known. Settings for each client: [clients.md](clients.md).

Speka's own packages for LangChain, LlamaIndex and n8n are not in here: they have suites of their own.`

const MESSAGES = `## Messages

In Anthropic's shape, which has clients of its own. Claude Code, which has no table, does [a small task](../test/heavy/clients/claude-code.suite.test.ts)
with a model of either shape: [claude-code.md](claude-code.md).`

const RANKINGS = `## Rankings

In Cohere's shape, which has clients of its own.`

const NOT_THERE = `## What no client finds

A 404 in OpenAI's envelope:`

const MODEL_SERVERS = `## Model servers

The same for servers behind the gateway, with the official SDK for Node in front. Their models are tiny ones with random weights, so what
is tested is what they send, not what they say.`

const OTHER_SERVERS = `Not run by the tests: \`transformers serve\`, vLLM, SGLang and TGI. They need PyTorch, which is published for Linux on x86-64 with CUDA only,
several gigabytes of it. What is known of them is in the fixtures of the provider suite, from their documentation and sources.`

const VERSIONS = '## Versions'

const prefixed = (name: string, features: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(features).map(([own, title]) => [`${name}.${own}`, title]))

/** A table of what works with whom, and the notes that its cells point to. */
function findingsTable(columns: readonly Findings[], features: Readonly<Record<string, string>>): string[] {
  const notes: string[] = []
  const cell = ({ verdict, note }: Finding): string => {
    if (note === undefined) return words[verdict]
    if (!notes.includes(note)) notes.push(note)
    return `${words[verdict]} (${notes.indexOf(note) + 1})`
  }
  const rows = Object.entries(features).map(([feature, title]) => [
    title,
    ...columns.map(({ name, features: found }) => {
      const finding = found[feature]
      if (finding === undefined) throw new Error(`Nothing is recorded of ${feature} with ${name}.`)
      return cell(finding)
    }),
  ])
  const own = table(['feature', ...columns.map(({ name }) => name)], rows)
  return notes.length === 0
    ? [own]
    : [own, notes.map((note, index) => `${index + 1}. ${note[0]?.toUpperCase()}${note.slice(1)}.`).join('\n')]
}

const words = { works: 'yes', fails: '**no**', lacks: '–' } as const

function versionsTable(all: readonly Findings[]): string {
  const rows = all.map(({ name, versions }) => {
    const each = Object.entries(versions).map(([what, version]) => `${what} ${version}`)
    return [name, each.length === 0 ? 'any' : each.join(', ')]
  })
  return table(['client', 'versions that were run'], rows)
}

/** A table as the formatter leaves it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
