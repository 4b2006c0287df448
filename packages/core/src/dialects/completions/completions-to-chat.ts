import { SpekaError } from '../../errors.ts'
import type { ChatRequest } from '../../operations/chat/chat.ts'
import {
  checkKinds,
  checkModel,
  choices,
  count,
  missing,
  sharedFields,
  type FieldKinds,
} from '../../wire/check-field.ts'
import { InTokens } from '../../wire/in-tokens.ts'
import { carriedBy, refusalsOf } from '../fate.ts'
import { refuseFields, unsupported } from '../refuse-fields.ts'
import { completionsFates } from './fates.ts'

/** OpenAI's. Whoever relies on it pays for no more. */
const DEFAULT_MAX_TOKENS = 16

const kinds: FieldKinds = { ...sharedFields, max_tokens: count, n: choices, best_of: choices }

const REFUSALS = refusalsOf(completionsFates, 'all')

/**
 * What a completions request asks of chat: an answer to its prompt, once that is text.
 *
 * @throws SpekaError `missing_required_parameter`, `invalid_value` or `unsupported_parameter`, with the field in `param`.
 */
export function completionsToChat(value: unknown): ChatRequest | InTokens<ChatRequest> {
  const request = checkModel(value)
  refuseFields(request, REFUSALS)
  checkKinds(request, kinds)
  const { best_of: candidates, n, max_tokens: most } = request
  if (Number(candidates ?? 1) > Number(n ?? 1)) {
    throw unsupported('best_of', 'No more answers are made than are returned. Set "n", and choose among them yourself.')
  }
  const carried = carriedBy(completionsFates, request)
  const model = request['model'] as string
  const asking = (content: string): ChatRequest => ({
    ...carried,
    model,
    messages: [{ role: 'user', content }],
    max_tokens: (most as number | null | undefined) ?? DEFAULT_MAX_TOKENS,
  })
  const prompt = readPrompt(request['prompt'])
  if (typeof prompt === 'string') return asking(prompt)
  return new InTokens(model, 'prompt', [prompt], (texts) => asking(texts.join('')))
}

/** The text, or its tokens. */
function readPrompt(prompt: unknown): string | readonly number[] {
  if (prompt === undefined || prompt === null) throw missing('prompt', 'the text to answer')
  if (typeof prompt === 'string') return prompt
  if (areTokens(prompt)) return prompt
  const [only, ...others] = Array.isArray(prompt) ? (prompt as unknown[]) : []
  if (typeof only !== 'string' && !areTokens(only)) {
    throw new SpekaError('invalid_value', '"prompt" must be a string, or an array that holds one.', { param: 'prompt' })
  }
  if (others.length > 0) {
    throw unsupported('prompt', '"prompt" holds several texts. Send a request for each, at the same time if you like.')
  }
  return only
}

const areTokens = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((token) => Number.isSafeInteger(token) && token >= 0)
