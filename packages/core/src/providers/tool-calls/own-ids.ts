import { mintCallId } from '../call-id.ts'
import { idOf } from './plain-call.ts'

/** The id of the next tool call of an answer: the upstream's, unless there is none or another call has it. */
export type IdFor = (call: { readonly id?: unknown }) => string

/** @param requestId what ids are made of. */
export function ownIds(requestId: string): IdFor {
  const given = new Set<string>()
  let minted = 0
  return (call) => {
    const id = idOf(call)
    if (id === undefined || given.has(id)) return mintCallId(requestId, minted++)
    given.add(id)
    return id
  }
}
