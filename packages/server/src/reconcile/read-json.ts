import type { PicoUsd } from '@speka/core'
import { readAmount, readCount, readMoment } from './amounts.ts'
import { exportError, shortened } from './export-error.ts'
import type { ExportKind, ExportLine, ExportOptions, ExportPart } from './export-line.ts'
import { JsonCutter, type JsonText } from './json-cutter.ts'
import { isObject, jsonLayouts, type JsonFacts, type JsonLayout, type JsonObject } from './json-layouts.ts'
import { demandDollars } from './read-csv.ts'

/** Reads an export that is JSON: answers of a provider's API, one or several. */
export async function* readJson(pieces: AsyncIterable<string>, options: ExportOptions): AsyncGenerator<ExportPart> {
  const cutter = new JsonCutter()
  const lines = new JsonLines(options)
  for await (const piece of pieces) yield* lines.read(cutter.push(piece))
  cutter.end()
  lines.end()
}

class JsonLines {
  readonly #options: ExportOptions
  #layout: JsonLayout | undefined
  /** Of the page that came last: on which line it begins, and whether there are more behind it. */
  #page = { line: 0, hasMore: false }

  constructor(options: ExportOptions) {
    this.#options = options
  }

  *read(texts: readonly JsonText[]): Generator<ExportPart> {
    const lines: ExportLine[] = []
    for (const { line, text } of texts) {
      const value = parse(text, line)
      this.#page = { line, hasMore: value['has_more'] === true }
      for (const element of elementsOf(value)) {
        const layout = this.#layoutOf(element, line)
        if (layout === undefined) continue
        for (const facts of layout.factsOf(element)) lines.push(lineOf(facts, line))
      }
    }
    const layout = this.#layout
    if (lines.length > 0 && layout !== undefined) yield { kind: kindOf(layout), lines }
  }

  end(): void {
    const { line, hasMore } = this.#page
    if (line === 0) throw exportError('The file is empty.')
    if (hasMore)
      throw exportError(
        `What begins on line ${line} says that there is more (has_more): ask for the pages behind it, and put them into the file too.`,
      )
  }

  /** `undefined`: nothing was used in its time. */
  #layoutOf(element: JsonObject, line: number): JsonLayout | undefined {
    const { results } = element
    if (Array.isArray(results) && results.length === 0) return undefined
    const layout = jsonLayouts.find(
      ({ format, isOne }) => (this.#options.format ?? format) === format && isOne(element),
    )
    if (layout === undefined)
      throw exportError(
        `What begins on line ${line} is none of the exports that are known${this.#options.format === undefined ? '' : ` of ${this.#options.format}`}. It has ${Object.keys(element).slice(0, 20).join(', ')}.`,
      )
    if (this.#layout !== undefined && this.#layout !== layout)
      throw exportError(
        `What begins on line ${line} are ${layout.title}, and before it were ${this.#layout.title}: give each a file of its own.`,
      )
    this.#layout = layout
    return layout
  }
}

const kindOf = ({ format, title, hasIds }: JsonLayout): ExportKind => ({ format, title, hasIds })

function parse(text: string, line: number): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (error) {
    throw exportError(`What begins on line ${line} is no JSON: ${error instanceof Error ? error.message : ''}.`)
  }
  throw exportError(`What begins on line ${line} is no JSON object.`)
}

/** What is in `data`, or the object itself where somebody has taken it out of there. */
function elementsOf(value: JsonObject): readonly JsonObject[] {
  const { data } = value
  if (Array.isArray(data)) return data.filter(isObject)
  return [isObject(data) ? data : value]
}

function lineOf(facts: JsonFacts, line: number): ExportLine {
  const { id, from, until, model, requests, input = [], output, cost, currency, shift, of } = facts
  demandDollars(textOf(currency), line)
  let tokens: number | undefined
  for (const some of input) {
    const count = counted(some, 'input tokens', line)
    if (count !== undefined) tokens = (tokens ?? 0) + count
  }
  return {
    line,
    id: id === undefined ? undefined : textOf(id),
    from: momentOf(from, line),
    until: momentOf(until, line),
    model: textOf(model) === '' ? undefined : textOf(model),
    requests: counted(requests, 'requests', line),
    input: tokens,
    output: counted(output, 'output tokens', line),
    cost: paid(cost, line, shift),
    raw: of === null ? '' : JSON.stringify(of),
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

function counted(value: unknown, what: string, line: number): number | undefined {
  if (value === undefined || value === null) return undefined
  const count = readCount(textOf(value))
  if (count === undefined)
    throw exportError(
      `What begins on line ${line} has ${shortened(JSON.stringify(value))} as ${what}, which is no whole number.`,
    )
  return count
}

function paid(value: unknown, line: number, shift: number | undefined): PicoUsd | undefined {
  if (value === undefined || value === null) return undefined
  const cost = readAmount(textOf(value), shift)
  if (cost === undefined)
    throw exportError(
      `What begins on line ${line} has ${shortened(JSON.stringify(value))} as cost, which is no amount of US dollars.`,
    )
  return cost
}

function momentOf(value: unknown, line: number): number | undefined {
  if (value === undefined || value === null) return undefined
  const at = readMoment(textOf(value))
  if (at === undefined)
    throw exportError(
      `What begins on line ${line} has ${shortened(JSON.stringify(value))} as time, which is no moment.`,
    )
  return at
}
