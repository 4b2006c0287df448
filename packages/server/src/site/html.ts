import { escapeHtml } from '../billing/escape-html.ts'

/** A piece of a page, ready to be sent: whatever came from elsewhere is escaped in it. */
export class Html {
  readonly text: string

  /** @param text markup as it is; only what this program has written itself, or has made of text piece by piece. */
  constructor(text: string) {
    this.text = text
  }
}

/** What can stand in a template. Nothing is written for `undefined` and `false`. */
export type Piece = Html | string | number | bigint | undefined | false | readonly Piece[]

/**
 * Writes HTML: what stands in the template is markup, and every value is text, in elements and in quoted attributes alike.
 * Only a value that is itself such a piece goes in as it is, so text of somebody else cannot become markup by forgetting.
 *
 * @throws TypeError for a value at a place where no escaping would help: in an attribute without quotes.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Html {
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) {
    const before = strings[index] ?? ''
    if (/\s[\w-]+=$/.test(before)) throw new TypeError(`The value after ${before.slice(-20)} must stand in quotes.`)
    text += textOf(value) + (strings[index + 1] ?? '')
  }
  return new Html(text)
}

function textOf(piece: Piece): string {
  if (piece instanceof Html) return piece.text
  if (piece === undefined || piece === false) return ''
  if (typeof piece === 'object') return piece.map(textOf).join('')
  return escapeHtml(String(piece))
}

const SAFE_LINK = /^(?:https?:|mailto:|\/(?!\/)|#)/i

/** An address from elsewhere as one that a link may lead to; `undefined` for a scheme that could run something. */
export function safeLink(address: string): string | undefined {
  const plain = address.trim()
  return SAFE_LINK.test(plain) ? plain : undefined
}
