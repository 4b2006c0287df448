import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import { asBuffer, memberCalled } from '../../bytes/scan-object.ts'

/** A field of a request with its long strings, which stand in the outline only as a mark; `undefined` when it is not there. */
function wholeField({ body, scan, outline }: DrawingCall, name: string): unknown {
  const member = memberCalled(scan, name)
  const marked = scan.longStrings.some(({ start }) => member && start >= member.valueStart && start < member.valueEnd)
  if (member === undefined || !marked) return outline[name] ?? undefined
  return JSON.parse(asBuffer(body).toString('utf8', member.valueStart, member.valueEnd)) as unknown
}

/** The fields of a request that have one of these names and a value, whole. */
export const wholeFields = (call: DrawingCall, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = wholeField(call, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
