import { isRecord, type Json } from '../../json.ts'

/** What callers are told when nobody holds the model to the schemas of their tools. */
export const STRICT_LOST = 'tools.function.strict'

/** The functions of a request whose arguments shall be valid under their schemas for certain. Never throws. */
export function strictFunctions({ tools }: Json): Json[] {
  if (!Array.isArray(tools)) return []
  return tools.flatMap((tool: unknown) => {
    const offered = isRecord(tool) ? tool['function'] : undefined
    return isRecord(offered) && offered['strict'] === true ? [offered] : []
  })
}
