import type { Json } from '../../json.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import type { NativeApi, WholeAnswer } from '../native/native-api.ts'
import { readResponseUsage } from './read-response-usage.ts'
import { failureOf } from './response-end.ts'
import { responsesApi } from './responses-api.ts'

const { headers, words, repeats, holdsPictures, read, writeUsage } = responsesApi

/**
 * Conversations made shorter, as they are.
 *
 * https://platform.openai.com/docs/api-reference/responses/compact
 */
export const compactionApi: NativeApi = {
  path: '/responses/compact',
  headers,
  words,
  repeats,
  holdsPictures,
  read,
  answer: readCompacted,
  writeUsage,
}

function readCompacted(compacted: Json): WholeAnswer {
  const error = errorIn(compacted)
  if (error !== undefined) throw new BadReplyError(failureOf(error))
  const { id, output } = compacted
  if (!Array.isArray(output)) throw new BadReplyError(badReply('sent a compaction without output'))
  return {
    id: typeof id === 'string' ? id : undefined,
    finishReason: 'stop',
    usage: readResponseUsage(compacted),
    words: output,
  }
}
