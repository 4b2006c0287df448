import { isRecord, type MutableJson } from '../../json.ts'
import { callsIn, idOf, plainCalls, saysNothing } from './plain-call.ts'

/**
 * Repairs in place the tool calls of a whole message: each gets an id of its own, its type, and arguments that are JSON.
 *
 * @param mintId makes an id for a call that has none, or that of another.
 * @param isCut whether the answer was cut short: then a call without arguments may have lost them.
 * @returns whether anything was changed.
 */
export function mendWholeCalls(message: MutableJson, mintId: () => string, isCut: boolean): boolean {
  let changed = plainCalls(message)
  const ids = new Set<string>()
  for (const call of callsIn(message)) {
    const id = idOf(call)
    const own = id === undefined || ids.has(id) ? mintId() : id
    ids.add(own)
    if (mendCall(call, own, isCut)) changed = true
  }
  return changed
}

function mendCall(call: MutableJson, id: string, isCut: boolean): boolean {
  let changed = false
  if (call['id'] !== id) {
    call['id'] = id
    changed = true
  }
  const { function: made } = call
  if (!isRecord(made)) return changed
  if (typeof call['type'] !== 'string' || call['type'] === '') {
    call['type'] = 'function'
    changed = true
  }
  if (!isCut && (typeof made['arguments'] !== 'string' || saysNothing(made['arguments']))) {
    made['arguments'] = '{}'
    changed = true
  }
  return changed
}
