import { SpekaError } from '@speka/core'
import { z } from 'zod'

/** One change of a resource, however the directory has written it. */
export interface Change {
  readonly op: 'add' | 'replace' | 'remove'
  /** The attribute in lower case, without a schema before it: `active`, `name.givenname`, `members`. */
  readonly attribute: string
  /** Of `members[value eq "mem_1"]`, the one it is about. */
  readonly only: string | undefined
  readonly value: unknown
}

const message = z.object({
  Operations: z.array(
    z.object({
      // Entra writes "Replace", Okta "replace".
      op: z
        .string()
        .transform((op) => op.toLowerCase())
        .pipe(z.enum(['add', 'replace', 'remove'])),
      path: z.string().optional(),
      value: z.unknown().optional(),
    }),
  ),
})

/**
 * Reads the body of a PATCH. An operation without a path says its attributes by its value: one change for each.
 *
 * @throws SpekaError `invalid_value`
 */
export function readPatch(body: unknown): Change[] {
  const parsed = message.safeParse(body)
  if (!parsed.success)
    throw new SpekaError(
      'invalid_value',
      'The body must have Operations, each with an op of add, replace or remove, and a path or a value.',
    )
  return parsed.data.Operations.flatMap(({ op, path, value }) => {
    if (path !== undefined) return [{ op, ...readPath(path), value }]
    if (op === 'remove') throw new SpekaError('invalid_value', 'An op of remove needs a path.', { param: 'path' })
    if (!isObject(value))
      throw new SpekaError('invalid_value', 'value must be an object of attributes where there is no path.')
    return attributesOf(value).map(([name, each]) => ({ op, ...readPath(name), value: each }))
  })
}

/** The attributes of an object; those within a name have paths of their own. */
export function attributesOf(value: Readonly<Record<string, unknown>>): [path: string, value: unknown][] {
  return Object.entries(value).flatMap(([name, each]): [string, unknown][] =>
    name.toLowerCase() === 'name' && isObject(each)
      ? Object.entries(each).map(([part, text]) => [`name.${part}`, text])
      : [[name, each]],
  )
}

const PATH = /^(?:urn:[\w:.]+:)?([\w$-]+)(?:\[([^\]]*)\])?((?:\.[\w$-]+)?)$/i
const ONE = /^\s*value\s+eq\s+"([^"]*)"\s*$/i

function readPath(path: string): Pick<Change, 'attribute' | 'only'> {
  const found = PATH.exec(path.trim())
  if (found === null) throw new SpekaError('invalid_value', 'path names no attribute.', { param: 'path' })
  const [, name = '', filter = '', sub = ''] = found
  // An extension's attribute is none of ours, whatever it is called.
  const isOfExtension = /^urn:.*:extension:/i.test(path)
  return {
    attribute: isOfExtension ? '' : `${name}${sub}`.toLowerCase(),
    only: ONE.exec(filter)?.[1],
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
