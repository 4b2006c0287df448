import { readFileSync } from 'node:fs'
import { deepseekRules } from './deepseek/deepseek.ts'
import { llamaRules } from './llama/llama.ts'
import { mistralRules } from './mistral/mistral.ts'
import { moonshotRules } from './moonshot/moonshot.ts'
import { nvidiaRules } from './nvidia/nvidia.ts'
import { ollamaRules } from './ollama/ollama.ts'
import type { ChatRules, ModelRules } from './openai-compatible/chat-rules.ts'
import { openaiRules } from './openai/openai.ts'
import { openrouterRules } from './openrouter/openrouter.ts'
import { sglangRules } from './sglang/sglang.ts'
import { tgiRules } from './tgi/tgi.ts'
import { togetherRules } from './together/together.ts'
import { vllmRules } from './vllm/vllm.ts'

const rulesByType: Readonly<Record<string, ChatRules>> = {
  openai: openaiRules,
  nvidia: nvidiaRules,
  deepseek: deepseekRules,
  mistral: mistralRules,
  moonshot: moonshotRules,
  llama: llamaRules,
  together: togetherRules,
  openrouter: openrouterRules,
  vllm: vllmRules,
  sglang: sglangRules,
  tgi: tgiRules,
  ollama: ollamaRules,
  'openai-compatible': {},
}

test('the documentation says what the rules say', () => {
  const page = readFileSync(new URL('../../../../docs/providers.md', import.meta.url), 'utf8')
  const written = /<!-- rules:[^>]*-->([^]*)<!-- \/rules -->/.exec(page)?.[1] ?? ''
  const table = Object.entries(rulesByType).map(section).join('\n\n')
  if (withoutPadding(written) !== withoutPadding(table)) throw new Error(`docs/providers.md should say:\n\n${table}\n`)
})

/** Formatting pads the cells of a table. */
const withoutPadding = (text: string): string => text.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ').trim()

function section([type, rules]: [string, ChatRules]): string {
  const takes = `Takes ${rules.takes === undefined ? 'every field' : quoted(listOf(rules.takes))}.`
  const rows = [
    ...changesOf(rules).map((row) => ['every model', ...row]),
    ...(rules.models ?? []).flatMap((special) => {
      const models = quoted(special.names)
      const own = special.takes === undefined ? [] : [['takes', differenceOf(special.takes, rules.takes)]]
      const changes = [...own, ...changesOf(special)]
      return (changes.length === 0 ? [['everything', 'as it is']] : changes).map((row) => [models, ...row])
    }),
  ]
  const table = [
    '| models | field | what becomes of it |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ]
  return [`### \`${type}\``, takes, ...(rows.length === 0 ? [] : [table.join('\n')])].join('\n\n')
}

/** Fields with one fate share a row. */
function changesOf({ changes = {}, rewrites = {} }: ModelRules): string[][] {
  const fates = [
    ...Object.entries(changes).map(([field, { says }]) => [field, says] as const),
    ...Object.entries(rewrites).map(([field, list]) => [field, list.map(({ says }) => says).join('; ')] as const),
  ]
  const fieldsOf = Map.groupBy(fates, ([, says]) => says)
  return [...fieldsOf].map(([says, fields]) => [quoted(fields.map(([field]) => field)), says])
}

function differenceOf(takes: ReadonlySet<string>, all: ReadonlySet<string> = new Set()): string {
  const more = listOf(takes).filter((field) => !all.has(field))
  const less = listOf(all).filter((field) => !takes.has(field))
  return [
    ...(more.length > 0 ? [`also ${quoted(more)}`] : []),
    ...(less.length > 0 ? [`not ${quoted(less)}`] : []),
  ].join('; ')
}

const listOf = (fields: ReadonlySet<string>): string[] => [...fields].filter((field) => field !== 'messages')

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')
