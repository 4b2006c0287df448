import type { FailureClass } from '../failure.ts'
import { errorWords, type ErrorWords } from './error-words.ts'

/** What an upstream has said of an error, apart. */
export interface ErrorSaid {
  /** Codes and types, the closest first. */
  readonly codes: readonly string[]
  /** Sentences, its own first. */
  readonly sentences: readonly string[]
  /** The field of the request that it names. */
  readonly param: string | undefined
}

const byCode: ReadonlyMap<string, ErrorWords> = new Map(
  errorWords.flatMap((row) => (row.codes ?? []).map((code): [string, ErrorWords] => [code, row])),
)

/**
 * What an error means by its words.
 *
 * @param classes those that they may mean here.
 * @returns `undefined` where they say nothing that is known.
 */
export function findErrorWords(said: ErrorSaid, classes: ReadonlySet<FailureClass>): ErrorWords | undefined {
  const sentences = said.sentences.map(withoutQuotations)
  const isCallers = saysOfRequest(said.param, sentences)
  const fits = (row: ErrorWords | undefined): row is ErrorWords =>
    row !== undefined && classes.has(row.class) && !(isCallers && OF_OPERATOR.has(row.class))
  // Some put the code where a sentence should be.
  const codes = [...said.codes, ...said.sentences.filter((sentence) => CODE.test(sentence))]
  return (
    codes.map((code) => byCode.get(code.toLowerCase())).find(fits) ??
    errorWords.find(({ words, ...row }) => fits(row) && sentences.some((sentence) => words?.test(sentence) === true))
  )
}

const CODE = /^[\w.-]{1,100}$/

/** What no request can bring about: a caller who could make it seem so would have the operator's keys passed over. */
const OF_OPERATOR: ReadonlySet<FailureClass> = new Set(['quota', 'credential'])

/** Whether the error is about a part of the request: a refused key may be that of a tool, which is the caller's own. */
const saysOfRequest = (param: string | undefined, sentences: readonly string[]): boolean =>
  (param !== undefined && param !== '' && !/key|authorization/i.test(param)) ||
  sentences.some((sentence) => /\bmcp\b|\b(?:tools|messages|input)[.[]/i.test(sentence))

/** A sentence without the texts that it quotes: they may be the caller's. Single words, such as names of fields, stay. */
function withoutQuotations(sentence: string): string {
  let kept = ''
  let from = 0
  let next = 0
  for (const { index, 0: mark } of sentence.matchAll(/(?<!\w)["'`]/g)) {
    if (index < next) continue
    const end = endOfQuotation(sentence, mark, index + 1)
    if (end === -1) continue
    // The mark that ends one quotation begins no other.
    next = end + 1
    if (!/\s/.test(sentence.slice(index + 1, end).trim())) continue
    kept += `${sentence.slice(from, index)}${mark}…`
    from = end
  }
  return kept + sentence.slice(from)
}

/** An apostrophe within a word ends nothing. */
function endOfQuotation(sentence: string, mark: string, from: number): number {
  let end = sentence.indexOf(mark, from)
  while (end !== -1 && /\w/.test(sentence[end + 1] ?? '')) end = sentence.indexOf(mark, end + 1)
  return end
}
