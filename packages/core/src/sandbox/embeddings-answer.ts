import { embedText, embedTokens } from './embed.ts'
import { countTokens } from './read-prompt.ts'
import { badRequest } from './refusal.ts'

const DEFAULT_DIMENSIONS = 256
const MAX_DIMENSIONS = 4096
/** OpenAI's own limit. */
const MAX_INPUTS = 2048
/** As many as there are when nobody asks for longer vectors: it makes them while everybody else waits. */
const MOST_NUMBERS = MAX_INPUTS * DEFAULT_DIMENSIONS

export interface EmbeddingsAnswer {
  readonly object: 'list'
  readonly model: unknown
  readonly data: readonly { object: 'embedding'; index: number; embedding: number[] | string }[]
  readonly usage?: { prompt_tokens: number; total_tokens: number }
}

/**
 * The answer to an embeddings request, a pure function of it.
 *
 * @throws Refusal when the request makes no sense.
 */
export function embeddingsAnswer(request: Readonly<Record<string, unknown>>): EmbeddingsAnswer {
  const inputs = inputsOf(request['input'])
  const dimensions = dimensionsOf(request['dimensions'])
  if (inputs.length * dimensions > MOST_NUMBERS)
    throw badRequest(
      'So many vectors of that length are more than the sandbox makes at once. Send fewer texts.',
      'input',
    )
  const asBase64 = formatOf(request['encoding_format']) === 'base64'
  const tokens = inputs.reduce((sum, input) => sum + (typeof input === 'string' ? countTokens(input) : input.length), 0)
  return {
    object: 'list',
    model: request['model'],
    data: inputs.map((input, index) => {
      const vector = typeof input === 'string' ? embedText(input, dimensions) : embedTokens(input, dimensions)
      return { object: 'embedding', index, embedding: asBase64 ? toBase64(vector) : Array.from(vector, Math.fround) }
    }),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** Little-endian 32-bit floats, on every machine. */
function toBase64(vector: Float64Array): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

function inputsOf(input: unknown): (string | number[])[] {
  const inputs = isTokens(input) || typeof input === 'string' ? [input] : input
  if (!Array.isArray(inputs) || inputs.length === 0) {
    throw badRequest('"input" must be a text, an array of texts, or token ids.', 'input')
  }
  if (inputs.length > MAX_INPUTS) throw badRequest(`"input" may have ${MAX_INPUTS} items at most.`, 'input')
  for (const [index, item] of inputs.entries()) {
    if (item === '' || !(typeof item === 'string' || isTokens(item))) {
      throw badRequest(`"input[${index}]" must be a text that is not empty, or token ids.`, `input[${index}]`)
    }
  }
  return inputs
}

const isTokens = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => Number.isInteger(item))

function dimensionsOf(value: unknown): number {
  if (value == null) return DEFAULT_DIMENSIONS
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_DIMENSIONS) return value
  throw badRequest(`"dimensions" must be a whole number from 1 to ${MAX_DIMENSIONS}.`, 'dimensions')
}

function formatOf(value: unknown): 'float' | 'base64' {
  if (value == null || value === 'float') return 'float'
  if (value === 'base64') return 'base64'
  throw badRequest('"encoding_format" must be "float" or "base64".', 'encoding_format')
}
