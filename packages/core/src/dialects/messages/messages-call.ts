import { SpekaError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import { carryCall, writeChatCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import type { WriteJson } from '../../wire/write-body.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { betasIn } from './betas-in.ts'
import { dependsOnTarget, endsWithAnswer, goesThrough, leftOutOf } from './left-out.ts'
import type { Manner } from './manner.ts'
import { messagesToChat } from './messages-to-chat.ts'
import { prefilled } from './prefilled.ts'
import type { MessagesRequest } from './shapes.ts'
import { withoutForeignThoughts } from './without-foreign-thoughts.ts'

/**
 * What is asked of chat, which every target takes; of one that takes more, as much more as the request has for it; and what is
 * asked of a target that speaks this API itself.
 *
 * @param sent the caller's bytes, and the headers that go along.
 * @param write how to write JSON of what was read, long strings included.
 */
export function messagesCall(
  request: MessagesRequest,
  facts: CallFacts,
  manner: Manner,
  sent: Pick<NativeRequest, 'body' | 'scan' | 'headers'>,
  write: WriteJson,
): ChatCall {
  const native = goesThrough(request) ? nativeOf(request, sent) : undefined
  const betas = betasIn(sent.headers)
  try {
    const call = {
      ...writeChatCall(messagesToChat(request, manner), facts, write),
      native,
      leftOut: [...leftOutOf(request, manner), ...betas],
    }
    return dependsOnTarget(request) ? { ...call, fitted: fitting(request, manner, betas, write) } : call
  } catch (error) {
    if (native === undefined || !SpekaError.is(error) || error.code !== 'unsupported_parameter') throw error
    return carryCall(request as MessagesRequest & Json, { ...native, untranslatable: error }, facts)
  }
}

function nativeOf(
  request: MessagesRequest,
  { headers, ...sent }: Pick<NativeRequest, 'body' | 'scan' | 'headers'>,
): NativeRequest {
  const own = withoutForeignThoughts(sent, request)
  return {
    dialect: 'messages',
    ...own,
    headers,
    ...(own !== sent && { leftOut: ['messages.thinking'] }),
    ...(endsWithAnswer(request) && { endsWithAnswer: true }),
  }
}

/** The same request, said to targets that take more of it than others: written once for all of one kind. */
function fitting(
  request: MessagesRequest,
  plain: Manner,
  betas: readonly string[],
  write: WriteJson,
): NonNullable<ChatCall['fitted']> {
  let last:
    | { extras: ChatExtras; most: unknown; fits: Pick<ChatCall, 'body' | 'scan' | 'outline' | 'leftOut'> }
    | undefined
  return (call, extras) => {
    const { max_tokens: most } = call.outline
    if (last?.extras !== extras || last.most !== most) {
      const manner = { ...plain, extras }
      const chat = prefilled({ ...messagesToChat(request, manner), ...(most != null && { max_tokens: most }) }, extras)
      const { body, scan, outline } = writeChatCall(chat, call, write)
      last = { extras, most, fits: { body, scan, outline, leftOut: [...leftOutOf(request, manner), ...betas] } }
    }
    return { ...call, ...last.fits }
  }
}
