import type { AskedTarget } from '../operation.ts'
import type { ChatCall } from './chat-call.ts'

/**
 * What most chat templates write by themselves: dates, a line on who the model is, and marks. Those of gpt-oss (openai/harmony) come
 * to some 80 tokens, Llama 3.3's and Granite's to some 40, Qwen's and Kimi's to 20.
 */
const SHORT_PREAMBLE_TOKENS = 128
/** What the longest come to, and what is allowed for where nobody can tell which template is used. */
export const LONG_PREAMBLE_TOKENS = 1024

/** Models whose templates bring a whole page of instructions, by what their names have in them. */
const LONG_PREAMBLES: readonly LongPreamble[] = [
  // chat_template.jinja of Ministral-3-14B-Instruct-2512: some 550 tokens in place of a system message. Others are alike.
  { names: ['mistral', 'ministral', 'magistral', 'devstral', 'mixtral', 'pixtral'], isAlways: false },
  // chat_template of c4ai-command-a-03-2025: a preamble on safety and style before that of the caller.
  { names: ['command-', 'command_', 'c4ai', 'aya-'], isAlways: true },
  // chat_template.jinja of SmolLM3-3B and of Phi-4-reasoning: how to think, before what the caller says.
  { names: ['smollm', 'phi-4'], isAlways: true },
]

interface LongPreamble {
  readonly names: readonly string[]
  /** Whether it is there even where the caller has a system message. */
  readonly isAlways: boolean
}

/** Kinds of upstream whose models may be anybody's, with instructions of their own: as `SYSTEM` in a Modelfile of Ollama. */
const OF_ANY_MODEL: ReadonlySet<string> = new Set(['openrouter', 'ollama'])

/** The most tokens that an upstream puts before a prompt by itself when it is offered no tools. */
export function tokensBefore({ outline }: ChatCall, target: AskedTarget): number {
  const { adapter, upstreamModel } = target
  if (adapter.type === 'sandbox') return 0
  if (adapter.routesItself === true || OF_ANY_MODEL.has(adapter.type)) return LONG_PREAMBLE_TOKENS
  const name = upstreamModel.toLowerCase()
  const long = LONG_PREAMBLES.find(({ names }) => names.some((part) => name.includes(part)))
  const isTold = SYSTEM_ROLES.has(outline.messages[0]?.role ?? '')
  return long === undefined || (isTold && !long.isAlways) ? SHORT_PREAMBLE_TOKENS : LONG_PREAMBLE_TOKENS
}

const SYSTEM_ROLES: ReadonlySet<string> = new Set(['system', 'developer'])
