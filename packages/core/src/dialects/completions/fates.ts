import { refused, translated, type Fates } from '../fate.ts'
import { always, unless } from '../refuse-fields.ts'

const NO_TOOLS = 'A completion is text alone. Tools are at /v1/chat/completions.'

/**
 * What becomes of the fields of a completions request in chat.
 *
 * https://platform.openai.com/docs/api-reference/completions/create
 */
export const completionsFates: Fates = {
  prompt: translated('messages'),
  max_tokens: translated('max_tokens'),
  // As many answers are made as are returned: more are refused where the two are compared.
  best_of: translated('n'),

  suffix: refused(unless([''], 'Chat models continue a text; they do not fill a gap in one. Leave "suffix" out.')),
  echo: refused(unless([false], 'The prompt is not repeated in the answer. Put it in front of the text yourself.')),
  logprobs: refused(unless([false], 'Log probabilities are not there in this API. /v1/chat/completions has them.')),
  messages: refused(always('"messages" belongs to /v1/chat/completions. Here the text is "prompt".')),
  max_completion_tokens: refused(always('Here it is called "max_tokens".')),
  tools: refused(always(NO_TOOLS)),
  tool_choice: refused(always(NO_TOOLS)),
  functions: refused(always(NO_TOOLS)),
  function_call: refused(always(NO_TOOLS)),
}
