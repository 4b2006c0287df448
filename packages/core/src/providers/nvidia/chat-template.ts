import { isRecord } from '../../json.ts'
import { isThinking, saysThinking, threeEfforts } from '../changes/thinking.ts'
import type { Asked, Change } from '../openai-compatible/chat-rules.ts'

/** Whether the caller speaks to the chat template itself. */
const saysTemplate = (asked: Asked): boolean => isRecord(asked.field('chat_template_kwargs'))

/** `thinking` as DeepSeek and Moonshot spell it, which NVIDIA refuses, in the words of the model's chat template. */
const thinkingInTemplate: Change = {
  says: 'becomes `chat_template_kwargs.thinking`',
  becomes: (_, asked) => {
    if (saysTemplate(asked)) return {}
    if (!saysThinking(asked)) return undefined
    const effort = effortOf(asked.field('reasoning_effort'))
    const thinking = isThinking(asked) === true
    return { chat_template_kwargs: { thinking, ...(thinking && effort !== undefined && { reasoning_effort: effort }) } }
  },
}

const effortInTemplate: Change = {
  says: 'becomes `chat_template_kwargs.thinking` and `.reasoning_effort`',
  becomes: (value, asked) => {
    if (saysTemplate(asked) || saysThinking(asked)) return {}
    const effort = effortOf(value)
    if (effort === undefined) return { chat_template_kwargs: { thinking: value !== 'none' } }
    return { chat_template_kwargs: { thinking: true, reasoning_effort: effort } }
  },
}

function effortOf(value: unknown): string | undefined {
  const effort = threeEfforts[String(value)]
  // The template has no lower one.
  return effort === 'low' ? 'high' : effort
}

/** How DeepSeek V4 and Kimi are told to think by NVIDIA's own examples. */
export const inTemplate = { thinking: thinkingInTemplate, reasoning_effort: effortInTemplate } as const
