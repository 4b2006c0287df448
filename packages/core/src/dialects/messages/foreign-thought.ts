import { scanObject } from '../../bytes/scan-object.ts'
import { isRecord, type Json } from '../../json.ts'
import { carriedFields, type CarriedFields } from '../../wire/carried-fields.ts'

/** How a signature begins that is none of Anthropic's: what follows is what another provider wants back. */
const MARK = 'speka.1.'

/** What a turn of another provider's carries, and its calls by their ids. */
export interface CarriedThought extends CarriedFields {
  readonly calls?: Readonly<Record<string, Json>>
}

/**
 * Signs a thought that chat told. Clients give a thought back with its signature and look into neither, so that what its provider
 * wants back travels there; and by its beginning it is known that Anthropic has not signed it.
 */
export const signatureFor = (carried: CarriedThought): string =>
  MARK + Buffer.from(JSON.stringify(carried)).toString('base64url')

/** What was put into a signature; nothing where somebody has changed it. `undefined`: it is not one of ours. */
export function carriedIn(signature: unknown): CarriedThought | undefined {
  if (typeof signature !== 'string' || !signature.startsWith(MARK)) return undefined
  const json = Buffer.from(signature.slice(MARK.length), 'base64url')
  // Nested no deeper than a request may be.
  if (scanObject(json) === undefined) return {}
  const value = parsed(json.toString('utf8'))
  const calls = isRecord(value['calls']) ? Object.entries(value['calls']).filter((entry) => isRecord(entry[1])) : []
  return {
    ...carriedFields(value),
    ...(calls.length > 0 && { calls: Object.fromEntries(calls) as Record<string, Json> }),
  }
}

/** Whether a block is a thought that Anthropic would refuse, since it has not signed it. */
export const isForeignThought = ({ type, signature }: Json): boolean =>
  type === 'thinking' && (typeof signature !== 'string' || signature === '' || signature.startsWith(MARK))

function parsed(text: string): Json {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
