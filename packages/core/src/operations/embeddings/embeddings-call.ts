import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import type { CallBody, CallFacts } from '../../wire/call-facts.ts'
import { checkEmbeddingsRequest, tokensIn } from './check-embeddings-request.ts'
import type { EmbeddingsRequest } from './embeddings.ts'
import { InTokens, spellOut, type Tokenizer } from '../../wire/in-tokens.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import type { ObjectScan } from '../../bytes/scan-object.ts'
import { scanObject } from '../../bytes/scan-object.ts'
import { join, setMember, splice } from '../../bytes/splice.ts'
import { writeBody } from '../../wire/write-body.ts'

/** A request for embeddings on its way through the engine. */
export interface EmbeddingsCall extends CallBody<EmbeddingsRequest> {
  readonly endpoint: 'embeddings'
}

export interface ReadingAids extends BodyAids {
  /** For input that comes as tokens. Default: such input is refused. */
  readonly tokenizer?: Tokenizer | undefined
}

/**
 * Reads a request body from the wire. Input that comes as tokens becomes text, which every upstream takes.
 *
 * @throws SpekaError `invalid_json`, `duplicate_parameter`, or what {@link checkEmbeddingsRequest} finds.
 */
export const readEmbeddingsCall = (body: Bytes, facts: CallFacts, aids: ReadingAids = {}): EmbeddingsCall =>
  spellOut(openEmbeddingsCall(body, facts, aids), aids.tokenizer)

/**
 * The same, for whoever spells tokens out elsewhere or later.
 *
 * @throws SpekaError as {@link readEmbeddingsCall} does.
 */
export function openEmbeddingsCall(
  body: Bytes,
  facts: CallFacts,
  aids: BodyAids = {},
): EmbeddingsCall | InTokens<EmbeddingsCall> {
  const { value, scan } = parseBody(body, aids)
  return callOf(body, scan, checkEmbeddingsRequest(value), facts)
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
  return spellOut(callOf(body, scan, outline, facts), tokenizer)
}

function callOf(
  body: Bytes,
  scan: ObjectScan,
  outline: EmbeddingsRequest,
  facts: CallFacts,
): EmbeddingsCall | InTokens<EmbeddingsCall> {
  const rest = { ...facts, endpoint: 'embeddings', stream: false, wantsUsage: false } as const
  const tokens = tokensIn(outline.input)
  if (tokens === undefined) return { ...rest, body, scan, outline }
  return new InTokens(outline.model, 'input', tokens, (texts) => {
    const silent = texts.indexOf('')
    if (silent !== -1) throw saysNothing(`input[${silent}]`)
    const input = [...texts]
    const spelled = join(splice(body, [setMember(scan, 'input', JSON.stringify(input))]))
    return { ...rest, body: spelled, scan: scanObject(spelled) ?? scan, outline: { ...outline, input } }
  })
}

const saysNothing = (param: string): SpekaError =>
  new SpekaError('invalid_value', `"${param}" holds no text. Leave it out.`, { param })
