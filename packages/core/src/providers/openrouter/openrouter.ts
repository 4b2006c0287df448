import type { Failure } from '../../failure.ts'
import { asBuffer } from '../../bytes/scan-object.ts'
import { isRecord } from '../../json.ts'
import type { ChatRules } from '../openai-compatible/chat-rules.ts'
import { classifyReply } from '../openai-compatible/classify.ts'
import { openAICompatible } from '../openai-compatible/openai-compatible.ts'
import { sentOn } from '../changes/fields.ts'
import type { Reply } from '../provider.ts'

/** OpenRouter takes every field. What routes there is not what routes here: `models` and `provider` stay behind. */
export const openrouterRules: ChatRules = {
  changes: { metadata: sentOn('metadata'), session_id: sentOn('session_id') },
}

/**
 * Its 403 is either the key's or the content's, which its moderation then gives reasons for.
 *
 * https://openrouter.ai/docs/api/reference/errors-and-debugging
 */
function classifyOpenRouterReply(reply: Reply): Failure {
  const failure = classifyReply(reply)
  if (reply.status !== 403 || !givesReasons(reply)) return failure
  return { ...failure, class: 'content_policy', message: 'declined the content' }
}

function givesReasons({ body }: Reply): boolean {
  try {
    const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
    const error = isRecord(value) ? value['error'] : undefined
    return isRecord(error) && isRecord(error['metadata']) && Array.isArray(error['metadata']['reasons'])
  } catch {
    return false
  }
}

export const openrouter = openAICompatible('openrouter', {
  rules: openrouterRules,
  makesPictures: true,
  // https://openrouter.ai/docs/features/prompt-caching, /docs/use-cases/reasoning-tokens, /docs/api-reference/overview (prefill)
  extras: { cacheMarks: true, thoughts: ['reasoning_details'], madePictures: true, prefill: 'as_it_is' },
  classify: classifyOpenRouterReply,
})
