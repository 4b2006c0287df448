import { scanObject } from '../bytes/scan-object.ts'
import { dropMembers, join, setMember, splice, type Edit } from '../bytes/splice.ts'
import { SpekaError } from '../errors.ts'
import type { Call } from '../operations/call.ts'

/** How an answer comes is settled between the caller and the front, before any layer is asked. */
const CALLERS_OWN: readonly string[] = ['stream', 'stream_options']

/**
 * The same call with other fields at the top of its body, and all else byte for byte; `undefined` takes a field out. Whether
 * the new values make sense is the layer's to know: they are not checked again. A call that was asked in another dialect of
 * chat goes on as chat, to targets that speak that dialect as well.
 *
 * @throws RangeError for `stream` and `stream_options`, which are the caller's.
 * @throws SpekaError `invalid_json` for values that are nested too deep; and for a call that cannot be said in chat, why.
 * @example next.start(withFields(call, { temperature: 0 }), sink)
 */
export function withFields<Asked extends Call>(call: Asked, fields: Readonly<Record<string, unknown>>): Asked {
  const names = Object.keys(fields)
  const callers = names.find((name) => CALLERS_OWN.includes(name))
  if (callers !== undefined) throw new RangeError(`A layer cannot change "${callers}": it is the caller's.`)
  if ('native' in call && call.native?.untranslatable !== undefined) throw call.native.untranslatable
  const edits = names
    .filter((name) => fields[name] !== undefined)
    .map((name): Edit => setMember(call.scan, name, JSON.stringify(fields[name])))
  const dropped = dropMembers(call.scan, (name) => name in fields && fields[name] === undefined)
  const body = join(splice(call.body, [...edits, ...dropped]))
  const scan = scanObject(body)
  if (scan === undefined) throw new SpekaError('invalid_json', 'A layer nested the request deeper than 64 levels.')
  // What the caller said in another dialect no longer says the same.
  return { ...call, body, scan, outline: { ...call.outline, ...fields }, native: undefined, fitted: undefined }
}
