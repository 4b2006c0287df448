import { SpekaError } from '@speka/core'

/** What has to be equal, by the attribute's name in lower case. */
export interface Equal {
  readonly attribute: string
  readonly value: string
}

const TERM = /^\s*([\w:.$-]+)(?:\[[^\]]*\])?((?:\.\w+)?)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*/i
const AND = /^and\s+/i

/**
 * Reads a filter as directories send it: `userName eq "ann@acme.example"`, several with `and` between.
 *
 * @throws SpekaError `invalid_value` for any other
 */
export function readFilter(text: string): Equal[] {
  const found: Equal[] = []
  let rest = text
  for (;;) {
    const term = TERM.exec(rest)
    if (term === null) throw wrong()
    const [whole, name = '', sub = '', value = ''] = term
    found.push({ attribute: `${name.replace(/^.*:/, '')}${sub}`.toLowerCase(), value: valueOf(value) })
    rest = rest.slice(whole.length)
    if (rest === '') return found
    const and = AND.exec(rest)
    if (and === null) throw wrong()
    rest = rest.slice(and[0].length)
  }
}

function valueOf(literal: string): string {
  if (!literal.startsWith('"')) return literal.toLowerCase()
  try {
    return String(JSON.parse(literal))
  } catch {
    throw wrong()
  }
}

const wrong = (): SpekaError =>
  new SpekaError('invalid_value', 'filter must be like userName eq "ann@acme.example", with "and" between several.', {
    param: 'filter',
  })
