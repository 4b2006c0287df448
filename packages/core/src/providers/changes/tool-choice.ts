import { isRecord } from '../../json.ts'
import type { Asked, Change } from '../openai-compatible/chat-rules.ts'
import { isThinking, saysThinking } from './thinking.ts'

/** Whether a request brings any tool: an empty list is refused by some, and a choice without tools too. */
export const hasTools = (asked: Asked): boolean => {
  const tools = asked.field('tools')
  return Array.isArray(tools) && tools.length > 0
}

/** Whether a choice of tools makes the model call one: any, or the one that is named. */
export const forcesTool = (choice: unknown): boolean =>
  choice === 'required' || choice === 'any' || (isRecord(choice) && choice['type'] === 'function')

/** Leaves the choice out where there is nothing to choose from. */
export const onlyWithTools = (name: string): Change => ({
  says: 'is left out when there are no tools',
  becomes: (value, asked) => (hasTools(asked) ? { [name]: value } : {}),
})

/**
 * For models that think unless told not to, and cannot be forced to call a tool while they do: a caller who forces a call and
 * says nothing of thinking gets the call.
 */
export const toolChoiceBeforeThinking: Change = {
  says: 'when it forces a call, turns thinking off; is left out when thinking is asked for',
  becomes: (value, asked) => {
    if (!hasTools(asked) || value === 'auto') return {}
    if (!forcesTool(value) || isThinking(asked) === false) return { tool_choice: value }
    if (isThinking(asked) === true || saysThinking(asked)) return undefined
    return { tool_choice: value, thinking: { type: 'disabled' } }
  },
}
