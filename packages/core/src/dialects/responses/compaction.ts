import { SpekaError } from '../../errors.ts'
import { carryCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { Bytes } from '../../transport.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { parseBody, type BodyAids } from '../../wire/parse-body.ts'
import { always, refuseFields, unless, unsupported } from '../refuse-fields.ts'
import { goingOnWith, keptBefore } from './going-on.ts'
import { refersToKept } from './kept-things.ts'
import { checkResponsesRequest } from './responses-to-chat.ts'

/**
 * The most tokens that a compaction is taken to come to: its request has no word for a limit, and this is the longest answer of any of
 * the models that make one (https://platform.openai.com/docs/models).
 */
const MOST_COMPACTED_TOKENS = 128_000

const refusals = {
  stream: unless([false], 'A compaction comes whole: leave "stream" out.'),
  max_output_tokens: always('How long a compaction becomes cannot be said. Leave "max_output_tokens" out.'),
}

/**
 * Reads a request to make a conversation shorter. Only who makes such an item can read it, so a target is asked in the same words or
 * not at all.
 *
 * @throws SpekaError what {@link parseBody} and {@link checkResponsesRequest} find; `unsupported_parameter`.
 */
export function readCompaction(body: Bytes, facts: CallFacts, aids?: BodyAids): ChatCall {
  const { value, scan } = parseBody(body, aids)
  const request = checkResponsesRequest(value)
  refuseFields(request, refusals)
  if (refersToKept(request))
    throw unsupported('input', 'What OpenAI keeps cannot be reached by its id here. Send it as it is, in "input".')
  const keptAt = keptBefore(request, facts)
  const sent = keptAt === undefined ? { body, scan } : goingOnWith(keptAt, { body, scan })
  const call = carryCall(
    { ...request, max_completion_tokens: MOST_COMPACTED_TOKENS },
    { dialect: 'compaction', ...sent, untranslatable: nobodyCompacts(request.model) },
    { ...facts, surface: 'responses' },
  )
  return keptAt === undefined ? call : { ...call, keptAt, mostPromptTokens: Infinity }
}

const nobodyCompacts = (model: string): SpekaError =>
  new SpekaError(
    'wrong_endpoint',
    `No target of "${model.slice(0, 100)}" makes a conversation shorter. Have a model sum it up, and go on with what it says.`,
  )
