import { asBuffer } from '../../bytes/scan-object.ts'
import type { Failure } from '../../failure.ts'
import { isRecord } from '../../json.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import type { Reply } from '../provider.ts'

/** No error of Amazon's is longer. */
const MAX_ERROR_BYTES = 64 * 1024

/**
 * What a reply of Bedrock's that is not a success means. Its kind is in a header, with an address behind it.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
export function classifyBedrockReply(reply: Reply): Failure {
  const kind = /^\w+/.exec(reply.headers['x-amzn-errortype'] ?? '')?.[0]
  const message = messageIn(reply)
  // A key that may use other models is not refused: only this model is.
  const isOfModel = reply.status === 403 && MODEL_NOT_GRANTED.test(message ?? '')
  const status = isOfModel ? 404 : (statusOfKind[kind ?? ''] ?? reply.status)
  const body = kind === undefined ? reply.body : Buffer.from(JSON.stringify({ error: { code: kind, message } }))
  const failure: Failure = { ...classifyReply({ ...reply, status, body }), status: reply.status }
  return isOfClock(kind, message) ? { ...failure, message: OF_CLOCK } : failure
}

/** Kinds that come with a status which means something else at other upstreams. */
const statusOfKind: Readonly<Record<string, number>> = {
  ModelNotReadyException: 503,
  ServiceQuotaExceededException: 429,
}

const MODEL_NOT_GRANTED =
  /access to (?:the |this )?model|is not authorized to perform: bedrock:InvokeModel\w* on resource/i

/** What a signature is refused by that may be right but for when it was made. */
const OF_SIGNATURES: ReadonlySet<string | undefined> = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch'])
/** What nothing but a wrong clock brings about, or a request that was on its way for minutes. */
const OF_TIMES: ReadonlySet<string | undefined> = new Set(['RequestExpired', 'RequestTimeTooSkewed'])
const SIGNED_AT_ANOTHER_TIME = /^signature (?:expired|not yet current): \d{8}T\d{6}Z is /i
const OF_CLOCK = "refused the signature for its time: set the clock of the gateway's machine, which is minutes off"

/** Whether a signature is refused for its time: then nothing is wrong with the secret that has made it. */
const isOfClock = (kind: string | undefined, message = ''): boolean =>
  OF_TIMES.has(kind) || (OF_SIGNATURES.has(kind) && SIGNED_AT_ANOTHER_TIME.test(message))

function messageIn({ body }: Reply): string | undefined {
  if (body.length > MAX_ERROR_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
    if (!isRecord(value)) return undefined
    const message = value['message'] ?? value['Message'] ?? (isRecord(value['error']) && value['error']['message'])
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
