import { SpekaError } from '@speka/core'
import { invoiceDocument } from '../billing/invoice-document.ts'
import { renderCsv } from '../billing/render-csv.ts'
import { renderHtml } from '../billing/render-html.ts'

/** Another form than JSON in which what an operation gives back can be had. */
export interface Rendering {
  /** Its media type. */
  readonly type: string
  readonly render: (output: unknown) => string
}

/** By the word that asks for it. */
export type Renderings = Readonly<Record<string, Rendering>>

/** An invoice for spreadsheets, and for people and their printers. */
export const invoiceRenderings: Renderings = {
  csv: { type: 'text/csv; charset=utf-8', render: (output) => renderCsv(invoiceDocument.parse(output)) },
  html: { type: 'text/html; charset=utf-8', render: (output) => renderHtml(invoiceDocument.parse(output)) },
}

/**
 * In which form an answer is wanted: as the query says, else the first that is there of those that the request accepts.
 *
 * @returns `undefined`: as JSON
 * @throws SpekaError `invalid_value` when the query asks for one that there is not
 */
export function wantedRendering(renderings: Renderings, format: unknown, accept = ''): Rendering | undefined {
  if (format !== undefined) {
    if (format === 'json') return undefined
    const asked = Object.hasOwn(renderings, String(format)) ? renderings[String(format)] : undefined
    if (asked !== undefined) return asked
    const words = ['json', ...Object.keys(renderings)].join(', ')
    throw new SpekaError('invalid_value', `format must be one of ${words}, not "${String(format).slice(0, 100)}".`, {
      param: 'format',
    })
  }
  const types = accept.split(',').map((one) => one.split(';', 1)[0]?.trim().toLowerCase())
  for (const type of types) {
    if (type === 'application/json' || type === '*/*') return undefined
    const found = Object.values(renderings).find((one) => one.type.startsWith(`${type};`))
    if (found !== undefined) return found
  }
  return undefined
}
