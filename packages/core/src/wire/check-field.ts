import { SpekaError } from '../errors.ts'
import { isRecord } from '../json.ts'

/** A kind of value, and what to call it in a complaint. */
export interface Kind {
  readonly article: string
  readonly is: (value: unknown) => boolean
}

export const number: Kind = { article: 'a number', is: (value) => typeof value === 'number' && Number.isFinite(value) }
export const count: Kind = {
  article: 'a whole number of at least 0',
  is: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
}
export const choices: Kind = {
  article: 'a whole number from 1 to 128',
  is: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 128,
}
export const flag: Kind = { article: 'true or false', is: (value) => typeof value === 'boolean' }
export const text: Kind = { article: 'a string', is: (value) => typeof value === 'string' }
export const object: Kind = { article: 'an object', is: isRecord }
export const list: Kind = { article: 'an array', is: Array.isArray }
/** For each name something is looked up, so that a long list would hold up everybody. */
const MOST_NAMES = 100
export const names: Kind = {
  article: `an array of at most ${MOST_NAMES} ids`,
  is: (value) =>
    Array.isArray(value) &&
    value.length <= MOST_NAMES &&
    value.every((item) => typeof item === 'string' && item !== ''),
}
export const textOrList: Kind = { article: 'a string or an array', is: (value) => text.is(value) || list.is(value) }
export const textOrObject: Kind = {
  article: 'a string or an object',
  is: (value) => text.is(value) || object.is(value),
}

export const wholeNumber: Kind = {
  article: 'a whole number',
  is: (value) => typeof value === 'number' && Number.isInteger(value),
}

export const positive: Kind = {
  article: 'a whole number of at least 1',
  is: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1,
}

/** One of a few words. */
export const oneOf = (...words: readonly string[]): Kind => ({
  article: `one of ${words.map((word) => `"${word}"`).join(', ')}`,
  is: (value) => typeof value === 'string' && words.includes(value),
})

/** Fields of every endpoint. */
export const sharedFields: FieldKinds = {
  models: names,
  stream: flag,
  user: text,
  metadata: object,
  session_id: {
    article: 'a text of at most 256 characters',
    is: (value) => text.is(value) && String(value).length <= 256,
  },
}

/** Fields and the kind each must have. `null` stands for absent; fields not named pass through. */
export type FieldKinds = Readonly<Record<string, Kind>>

/** @throws SpekaError `invalid_value` for the first field of `kinds` that has another kind. */
export function checkKinds(request: Readonly<Record<string, unknown>>, kinds: FieldKinds): void {
  // Of all the fields there are, a request has a few.
  for (const field in request) {
    if (Object.hasOwn(kinds, field) && isWrong(request[field], kinds[field])) throw firstWrong(request, kinds)
  }
}

const isWrong = (given: unknown, kind: Kind | undefined): boolean =>
  given !== undefined && given !== null && kind?.is(given) === false

/** Which of several is told does not depend on how the caller has ordered them. */
function firstWrong(request: Readonly<Record<string, unknown>>, kinds: FieldKinds): SpekaError | undefined {
  for (const [field, kind] of Object.entries(kinds)) if (isWrong(request[field], kind)) return wrong(field, kind)
  return undefined
}

/**
 * What every request must be: an object that names a model.
 *
 * @throws SpekaError `invalid_json` or `missing_required_parameter`
 */
export function checkModel(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) throw new SpekaError('invalid_json', 'The request must be an object.')
  if (!text.is(value['model']) || value['model'] === '')
    throw missing('model', 'the id of a model, as GET /v1/models lists them')
  return value
}

export const missing = (param: string, what: string): SpekaError =>
  new SpekaError('missing_required_parameter', `"${param}" is missing. It is ${what}.`, { param })

export const wrong = (param: string, kind: Kind): SpekaError =>
  new SpekaError('invalid_value', `"${param}" must be ${kind.article}.`, { param })
