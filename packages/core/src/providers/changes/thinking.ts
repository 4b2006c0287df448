import { isRecord } from '../../json.ts'
import type { Asked, Change } from '../openai-compatible/chat-rules.ts'

/** Whether the caller's own `thinking` speaks for the whole matter, even in words that nobody knows. */
export const saysThinking = (asked: Asked): boolean => asked.field('thinking') !== undefined

/** Whether a request wants the model to think first; `undefined` when it leaves that to the model. */
export function isThinking(asked: Asked): boolean | undefined {
  if (saysThinking(asked)) {
    const type = switchIn(asked.field('thinking'))
    return type === undefined ? undefined : type === 'enabled'
  }
  const effort = asked.field('reasoning_effort')
  return typeof effort === 'string' ? effort !== 'none' : undefined
}

function switchIn(thinking: unknown): 'enabled' | 'disabled' | undefined {
  const type = isRecord(thinking) ? thinking['type'] : undefined
  return type === 'enabled' || type === 'disabled' ? type : undefined
}

/** Efforts by OpenAI's names, as labs with three of them know them. */
export const threeEfforts: Readonly<Record<string, string>> = {
  minimal: 'low',
  low: 'low',
  medium: 'high',
  high: 'high',
  xhigh: 'max',
  max: 'max',
}

/** An effort as a switch, for models that know only on and off. */
export const effortAsThinking: Change = {
  says: 'becomes `thinking`, off for `none` and on for the others; gives way to `thinking`',
  becomes: (value, asked) =>
    saysThinking(asked) ? {} : { thinking: { type: value === 'none' ? 'disabled' : 'enabled' } },
}

/** `thinking` on or off, as labs take it. */
export const thinkingSwitch: Change = {
  says: 'is left out unless it is on or off',
  becomes: (value) => (switchIn(value) === undefined ? undefined : { thinking: value }),
}

/** The same, and no more. */
export const onlyThinkingSwitch: Change = {
  says: 'keeps only its `type`, on or off',
  becomes: (value) => {
    const type = switchIn(value)
    if (type === undefined) return undefined
    return { thinking: Object.keys(value as object).length === 1 ? value : { type } }
  },
}
