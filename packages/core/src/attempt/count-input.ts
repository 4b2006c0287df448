import { SpekaError } from '../errors.ts'
import type { Failure, FailureClass } from '../failure.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import { upwardTokens } from '../operations/chat/upward-tokens.ts'
import { BadReplyError, badReply } from '../providers/bad-reply.ts'
import { nativeOperation } from '../providers/operation-of.ts'
import type { Counting } from '../providers/provider.ts'
import { parseReply } from '../providers/translated/parse-reply.ts'
import type { Target } from '../route/target.ts'
import type { Bytes } from '../transport.ts'
import type { AttemptWorld } from './attempt.ts'
import { callerError } from './caller-error.ts'
import { exchangeOnce, type OnceResult } from './exchange-once.ts'
import { notAsked } from './not-asked.ts'
import { headersForAll } from './prepare.ts'

/** How many tokens a request has before it is sent. */
export interface InputCount {
  readonly tokens: number
  /** Whether nobody has counted them: then it is an estimate on the high side. */
  readonly isEstimated: boolean
  /** Who has counted them, or would answer. */
  readonly target: Target
  /** What the target has said, byte for byte, where the caller's dialect has it so. */
  readonly said?: Bytes | undefined
}

/** How long a count may take, in ms: a conversation waits for it, and an estimate is there at once. */
const MOST_MS = 10_000

/** What is the caller's to mend, so that an estimate would only hide it. */
const CALLERS_OWN: ReadonlySet<FailureClass> = new Set([
  'caller_fault',
  'unfit',
  'context_window',
  'content_policy',
  'cancelled',
])

/**
 * Counts the tokens of a request: by the target that would answer it, where that counts them; else by its length. It costs
 * nothing, so there is no record.
 *
 * @param target the one that would be asked first.
 * @throws SpekaError where the target refuses the request, or where nobody else can know what it goes on with.
 */
export async function countInput(
  world: AttemptWorld & { readonly via: string },
  call: ChatCall,
  target: Target,
  signal?: AbortSignal,
): Promise<InputCount> {
  const asked = askedOf(call, target)
  if (asked === undefined) return estimated(call, target)
  const { counting, request } = asked
  const upstream = target.keys.next(world.clock.monotonic(), NO_KEYS) ?? target.upstream
  const result = await exchangeOnce(world, {
    ...target,
    upstream,
    request: { ...request, headers: { ...request.headers, ...headersForAll(call, world.via) } },
    timeoutMs: Math.min(call.timeoutMs ?? Infinity, world.timeouts.total_ms, MOST_MS),
    signal,
  })
  const counted = tokensIn(result, counting)
  if (!('class' in counted)) return { ...counted, isEstimated: false, target }
  const isCallers = CALLERS_OWN.has(counted.class) && !COUNTS_NONE.test(counted.quote ?? '')
  if (isCallers || call.keptAt !== undefined)
    throw callerError(counted, target, { requestId: call.id, attempts: 1, relaysErrors: false })
  return estimated(call, target)
}

/** A model that is not counted for at Bedrock: "The provided model doesn't support counting tokens." */
const COUNTS_NONE = /n[o']t support counting tokens/i

/** What a target is asked for a count, in the caller's own dialect or in chat. */
function askedOf(call: ChatCall, target: Target) {
  const native = nativeOperation(call, target.adapter)
  const counting = native === undefined ? target.adapter.counting : native.operation.counting
  if (counting === undefined) return undefined
  try {
    const extras = native === undefined ? target.adapter.chatExtras?.(target.upstreamModel) : undefined
    const asked = (extras && call.fitted?.(call, extras)) ?? call
    return { counting, request: counting.request(asked, target) }
  } catch (error) {
    if (!SpekaError.is(error)) throw error
    throw callerError(notAsked(error), target, { requestId: call.id, attempts: 1, relaysErrors: false })
  }
}

const NO_KEYS: ReadonlySet<Target['upstream']> = new Set()

const estimated = (call: ChatCall, target: Target): InputCount => ({
  tokens: upwardTokens(call, target),
  isEstimated: true,
  target,
})

function tokensIn(result: OnceResult, { read }: Counting): Pick<InputCount, 'tokens' | 'said'> | Failure {
  if (!result.ok) return result.failure
  try {
    const { body: said } = result.reply
    const answer = parseReply(said)
    const tokens = read === undefined ? answer['input_tokens'] : read(answer)
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0)
      return read === undefined ? { tokens, said } : { tokens }
    return badReply('sent no count')
  } catch (error) {
    if (error instanceof BadReplyError) return error.failure
    throw error
  }
}
