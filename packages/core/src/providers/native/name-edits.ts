import { findMember, setFound, type FoundObject } from '../../bytes/find-member.ts'
import { asBuffer, type Span } from '../../bytes/scan-object.ts'
import type { Edit } from '../../bytes/splice.ts'
import type { Bytes } from '../../transport.ts'
import type { TranslationTarget } from '../provider.ts'

/** The model goes by the name that the caller knows, and what the upstream keeps by an id that is good for its owner only. */
export function nameEdits(bytes: Bytes, found: FoundObject, { model, seal }: TranslationTarget): Edit[] {
  const edits: Edit[] = []
  const name = JSON.stringify(model)
  const named = findMember(found, 'model')
  if (named !== undefined && textAt(bytes, named) !== name) edits.push({ ...named, text: name })
  if (seal === undefined) return edits
  for (const field of OWN_IDS) {
    const id = findMember(found, field)
    const own: unknown = id && JSON.parse(textAt(bytes, id))
    if (typeof own === 'string') edits.push(setFound(found, field, JSON.stringify(seal(own))))
  }
  return edits
}

/** Where an answer says by what ids the upstream keeps it, and what it went on with. */
export const OWN_IDS = ['id', 'previous_response_id'] as const

const textAt = (bytes: Bytes, { start, end }: Span): string => asBuffer(bytes).toString('utf8', start, end)
