import { SpekaError } from '../../errors.ts'
import {
  checkKinds,
  checkModel,
  missing,
  oneOf,
  positive,
  sharedFields,
  wrong,
  type FieldKinds,
} from '../../wire/check-field.ts'
import type { EmbeddingsRequest } from './embeddings.ts'
import { checkPreferences } from '../../wire/routing-preferences.ts'

/** OpenAI's own limit. */
const MOST_INPUTS = 2048

const optional: FieldKinds = {
  ...sharedFields,
  encoding_format: oneOf('float', 'base64'),
  dimensions: positive,
}

const INPUT = { article: 'a text, an array of texts, or tokens', is: () => false }

/**
 * Checks the fields of an embeddings request that the gateway itself relies on.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function checkEmbeddingsRequest(value: unknown): EmbeddingsRequest {
  const request = checkModel(value)
  checkInput(request['input'])
  checkKinds(request, optional)
  if (request['provider'] != null) checkPreferences(request['provider'])
  if (request['stream'] === true) {
    throw new SpekaError('unsupported_parameter', 'Embeddings do not stream. Leave "stream" out.', { param: 'stream' })
  }
  return request as unknown as EmbeddingsRequest
}

function checkInput(input: unknown): void {
  if (input === undefined || input === null) throw missing('input', 'a text, or an array of texts')
  if (typeof input === 'string') {
    if (input === '') throw empty('input')
    return
  }
  if (!Array.isArray(input)) throw wrong('input', INPUT)
  if (input.length === 0) throw empty('input')
  if (typeof input[0] === 'number') {
    checkTokens(input, 'input')
    return
  }
  if (input.length > MOST_INPUTS) {
    const message = `"input" has ${input.length} items. Send at most ${MOST_INPUTS} in one request.`
    throw new SpekaError('invalid_value', message, { param: 'input' })
  }
  const ofTokens = Array.isArray(input[0])
  for (const [index, item] of input.entries()) {
    const path = `input[${index}]`
    if (ofTokens && Array.isArray(item)) checkTokens(item, path)
    else if (ofTokens || typeof item !== 'string') throw wrong(path, ofTokens ? TOKENS : TEXT)
    else if (item === '') throw empty(path)
  }
}

const TOKENS = { article: 'an array of tokens, as the first item is', is: () => false }
const TEXT = { article: 'a text', is: () => false }
const TOKEN = { article: 'a whole number of at least 0', is: () => false }

function checkTokens(tokens: readonly unknown[], path: string): void {
  if (tokens.length === 0) throw empty(path)
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (typeof token !== 'number' || !Number.isSafeInteger(token) || token < 0) throw wrong(`${path}[${index}]`, TOKEN)
  }
}

const empty = (param: string): SpekaError =>
  new SpekaError('invalid_value', `"${param}" is empty. Send text.`, { param })

/** Input that consists of tokens, one list for each text; `undefined` when it is text already. */
export function tokensIn(input: EmbeddingsRequest['input']): readonly (readonly number[])[] | undefined {
  if (typeof input === 'string') return undefined
  const [first] = input
  if (typeof first === 'number') return [input as number[]]
  return Array.isArray(first) ? (input as number[][]) : undefined
}
