import type { Turn } from './conversation.ts'

/**
 * The turns of a conversation with the results of tools right behind the turn that called them, as other APIs want it. What
 * somebody said in between, while a tool still ran, comes after them. A result of no call stays where it is.
 */
export function resultsFirst(turns: readonly Turn[]): Turn[] {
  const groups: Turn[][] = []
  /** By the id of a call, the turn that made it last, and what follows that. */
  const callers = new Map<string, Turn[]>()
  for (const turn of turns) {
    const caller = turn.role === 'tool' ? callers.get(turn.callId) : undefined
    if (caller !== undefined) {
      caller.push(turn)
      continue
    }
    const group = [turn]
    groups.push(group)
    if (turn.role === 'assistant') for (const { id } of turn.calls) callers.set(id, group)
  }
  return groups.flat()
}
