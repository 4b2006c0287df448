import { SpekaError } from '../errors.ts'
import type { Bytes } from '../transport.ts'
import type { CallBody, CallFacts } from './call-facts.ts'
import { checkEmbeddingsRequest, tokensIn } from './check-embeddings-request.ts'
import type { EmbeddingsRequest } from './embeddings.ts'
import { parseBody, type IsUtf8 } from './parse-body.ts'
import type { ObjectScan } from './scan-object.ts'
import { scanObject } from './scan-object.ts'
import { join, setMember, splice } from './splice.ts'
import { writeBody } from './write-body.ts'

/** A request for embeddings on its way through the engine. */
export interface EmbeddingsCall extends CallBody<EmbeddingsRequest> {
  readonly endpoint: 'embeddings'
}

/** Turns tokens of OpenAI's `cl100k_base` into text. It is megabytes large, so whoever wants it brings it. */
export interface Tokenizer {
  /** @throws when a token is none. */
  decode(tokens: readonly number[]): string
}

export interface ReadingAids {
  /** A quicker check than the one that needs nothing from Node. */
  readonly isUtf8?: IsUtf8 | undefined
  /** For input that comes as tokens. Default: such input is refused. */
  readonly tokenizer?: Tokenizer | undefined
}

/**
 * Reads a request body from the wire. Input that comes as tokens becomes text, which every upstream takes.
 *
 * @throws SpekaError `invalid_json`, `duplicate_parameter`, or what {@link checkEmbeddingsRequest} finds.
 */
export function readEmbeddingsCall(body: Bytes, facts: CallFacts, aids: ReadingAids = {}): EmbeddingsCall {
  const { value, scan } = parseBody(body, aids.isUtf8)
  return callOf(body, scan, checkEmbeddingsRequest(value), facts, aids.tokenizer)
}

/**
 * The same call, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link checkEmbeddingsRequest} finds.
 */
export function writeEmbeddingsCall(
  request: EmbeddingsRequest,
  facts: CallFacts,
  tokenizer?: Tokenizer,
): EmbeddingsCall {
  const outline = checkEmbeddingsRequest(request)
  const { body, scan } = writeBody(request)
  return callOf(body, scan, outline, facts, tokenizer)
}

function callOf(
  body: Bytes,
  scan: ObjectScan,
  outline: EmbeddingsRequest,
  facts: CallFacts,
  tokenizer: Tokenizer | undefined,
): EmbeddingsCall {
  const rest = { ...facts, endpoint: 'embeddings', stream: false, wantsUsage: false } as const
  const tokens = tokensIn(outline.input)
  if (tokens === undefined) return { ...rest, body, scan, outline }
  const input = tokens.map((list, index) => textOf(list, index, tokenizer))
  const spelled = join(splice(body, [setMember(scan, 'input', JSON.stringify(input))]))
  return { ...rest, body: spelled, scan: scanObject(spelled) ?? scan, outline: { ...outline, input } }
}

function textOf(tokens: readonly number[], index: number, tokenizer: Tokenizer | undefined): string {
  const param = `input[${index}]`
  if (tokenizer === undefined) {
    throw new SpekaError('unsupported_parameter', '"input" holds tokens, which cannot be read here. Send text.', {
      param: 'input',
    })
  }
  let text: string
  try {
    text = tokenizer.decode(tokens)
  } catch (cause) {
    throw new SpekaError('invalid_value', `"${param}" holds a number that is no token of cl100k_base. Send text.`, {
      param,
      cause,
    })
  }
  if (text === '') throw new SpekaError('invalid_value', `"${param}" holds no text. Leave it out.`, { param })
  return text
}
