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
  return { ...classifyReply({ ...reply, status, body }), status: reply.status }
}

/** Kinds that come with a status which means something else at other upstreams. */
const statusOfKind: Readonly<Record<string, number>> = {
  ModelNotReadyException: 503,
  ServiceQuotaExceededException: 429,
}

const MODEL_NOT_GRANTED =
  /access to (?:the |this )?model|is not authorized to perform: bedrock:InvokeModel\w* on resource/i

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
