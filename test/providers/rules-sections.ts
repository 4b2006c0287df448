import type { ChatRules, ModelRules } from '../../packages/core/src/providers/openai-compatible/chat-rules.ts'
import { tableOf } from '../support/markdown-table.ts'

/** What an upstream takes of a chat request, as its section of docs/providers.md says it. */
export function rulesSection(type: string, rules: ChatRules | string): string {
  if (typeof rules === 'string') return `### \`${type}\`\n\n${rules}\n`
  const takes = `Takes ${rules.takes === undefined ? 'every field' : quoted(listOf(rules.takes))}.\n`
  const rows = [
    ...changesOf(rules).map((row) => ['every model', ...row]),
    ...(rules.models ?? []).flatMap((special) => {
      const models = quoted(special.names)
      const own = special.takes === undefined ? [] : [['takes', differenceOf(special.takes, rules.takes)]]
      const changes = [...own, ...changesOf(special)]
      return (changes.length === 0 ? [['everything', 'as it is']] : changes).map((row) => [models, ...row])
    }),
  ]
  const table = rows.length === 0 ? [] : [tableOf(['models', 'field', 'what becomes of it'], rows)]
  return [`### \`${type}\`\n`, takes, ...table].join('\n')
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
