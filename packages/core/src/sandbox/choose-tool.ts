import { isRecord } from '../json.ts'
import { partSeen } from './part-seen.ts'
import type { Prompt } from './read-prompt.ts'
import { badRequest } from './refusal.ts'

/** A function the caller offers. */
export interface OfferedTool {
  readonly name: string
  readonly description: string
  /** The JSON schema of its arguments. */
  readonly parameters: unknown
}

/** Words too common to tell one tool from another. */
const COMMON = new Set([
  'this',
  'that',
  'with',
  'from',
  'into',
  'what',
  'when',
  'will',
  'your',
  'have',
  'they',
  'then',
  'tool',
  'function',
])

/**
 * The tool to call now, if any: the one `tool_choice` names; when the user spoke last or a call is required, the one
 * whose name and description share most words with what the user said; else the first.
 *
 * @throws Refusal when `tool_choice` names a tool that is not offered.
 */
export function chooseTool(request: Readonly<Record<string, unknown>>, prompt: Prompt): OfferedTool | undefined {
  const offered = offeredTools(request['tools'])
  const choice = request['tool_choice']
  if (isRecord(choice) && isRecord(choice['function'])) {
    const { name } = choice['function']
    const named = offered.find((tool) => tool.name === name)
    if (named === undefined)
      throw badRequest(`"tool_choice" names "${String(name)}", which is not in "tools".`, 'tool_choice')
    return named
  }
  if (choice === 'none' || (choice !== 'required' && !prompt.isUsersTurn)) return undefined
  return mostMentioned(offered, prompt.text)
}

function offeredTools(tools: unknown): OfferedTool[] {
  if (!Array.isArray(tools)) return []
  return tools.flatMap((tool: unknown) => {
    const offered = isRecord(tool) && isRecord(tool['function']) ? tool['function'] : {}
    const { name, description, parameters } = offered
    if (typeof name !== 'string') return []
    return [{ name, description: typeof description === 'string' ? description : '', parameters: parameters ?? {} }]
  })
}

function mostMentioned(tools: readonly OfferedTool[], text: string): OfferedTool | undefined {
  if (tools.length < 2) return tools[0]
  const said = wordsOf(partSeen(text))
  let best = tools[0]
  let most = 0
  for (const tool of tools) {
    // A word of the name tells more than all of a description.
    const score = 100 * shared(wordsOf(tool.name), said) + shared(wordsOf(tool.description), said)
    if (score > most) {
      most = score
      best = tool
    }
  }
  return best
}

function wordsOf(text: string): Set<string> {
  const words =
    text
      .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{3,}/gu) ?? []
  return new Set(words.filter((word) => !COMMON.has(word)))
}

function shared(words: ReadonlySet<string>, said: ReadonlySet<string>): number {
  let count = 0
  for (const word of words) if (said.has(word)) count += 1
  return count
}
