import { isRecord, type Json } from '../../json.ts'
import type { Rewrite } from '../openai-compatible/chat-rules.ts'
import { eachRecord } from './messages.ts'

/** An empty list says the same as none, and is refused by some. */
export const noEmptyTools: Rewrite = {
  says: 'an empty list is left out',
  rewrite: (value) => (Array.isArray(value) && value.length === 0 ? undefined : value),
}

/** Goes over the functions among the tools. */
export const eachFunction = (says: string, change: (made: Json) => Json): Rewrite => ({
  says,
  rewrite: (value) =>
    eachRecord(value, (tool) => {
      const { function: made } = tool
      if (!isRecord(made)) return tool
      const changed = change(made)
      return changed === made ? tool : { ...tool, function: changed }
    }),
})

/** A function without parameters, where the upstream insists on some. */
export const parametersGiven = eachFunction('a function without `parameters` gets an empty object of them', (made) =>
  isRecord(made['parameters']) ? made : { ...made, parameters: { type: 'object', properties: {} } },
)
