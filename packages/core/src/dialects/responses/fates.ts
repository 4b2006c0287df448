import { always, unless } from '../refuse-fields.ts'
import { dropped, refused, refusedByChat, translated, type Fates } from '../fate.ts'

const NOTHING_KEPT = 'Answers are not kept here. Send the whole conversation as "input" instead.'
const NO_LOGPROBS = 'Log probabilities are not there in this API. /v1/chat/completions has them.'

/**
 * What becomes of the fields of a responses request in chat.
 *
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export const responsesFates: Fates = {
  input: translated('messages'),
  instructions: translated('messages'),
  max_output_tokens: translated('max_completion_tokens'),
  tools: translated('tools'),
  tool_choice: translated('tool_choice', 'tools'),
  parallel_tool_calls: translated('parallel_tool_calls'),
  text: translated('response_format', 'verbosity'),
  reasoning: translated('reasoning_effort'),

  // Without tools that the provider runs, nothing is left for it to limit.
  max_tool_calls: dropped(),
  store: dropped(false),
  include: dropped(),
  stream_options: dropped(),

  previous_response_id: refusedByChat(always(NOTHING_KEPT)),
  conversation: refused(always(NOTHING_KEPT)),
  background: refused(
    unless([false], 'Answers are not kept here, so none could be fetched later. Wait for it, or stream it.'),
  ),
  prompt: refused(always('Prompt templates are kept by OpenAI. Send their text as "instructions" and "input".')),
  context_management: refusedByChat(
    always('Conversations are not made shorter here. Leave out of "input" what is no longer needed.'),
  ),
  truncation: refusedByChat(
    unless(
      ['disabled'],
      'Nothing is cut out of a conversation here. Leave "truncation" out, and of "input" what is no longer needed.',
    ),
  ),
  top_logprobs: refusedByChat(unless([0], NO_LOGPROBS)),
  logprobs: refused(unless([false], NO_LOGPROBS)),

  // Chat's names for what this API calls otherwise.
  messages: refused(always('"messages" belongs to /v1/chat/completions. Here the conversation is "input".')),
  max_tokens: refused(always('Here it is called "max_output_tokens".')),
  max_completion_tokens: refused(always('Here it is called "max_output_tokens".')),
  response_format: refused(always('Here it is called "text.format".')),
  verbosity: refused(always('Here it is called "text.verbosity".')),
  reasoning_effort: refused(always('Here it is called "reasoning.effort".')),
  functions: refused(always('Here they are "tools".')),
  function_call: refused(always('Here it is called "tool_choice".')),
  n: refused(unless([1], 'A response has one answer. Send the request again for another.')),
}

/** Of the fields that are translated, what is lost within them. */
export const includeLogprobs = (include: unknown): string | undefined =>
  Array.isArray(include) && include.includes('message.output_text.logprobs') ? NO_LOGPROBS : undefined
