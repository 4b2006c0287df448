import type { Failure, FailureClass } from '../failure.ts'
import type { ChatCall } from '../operations/chat/chat-call.ts'
import { upwardTokens } from '../operations/chat/upward-tokens.ts'
import { BadReplyError, badReply } from '../providers/bad-reply.ts'
import { nativeOperation } from '../providers/operation-of.ts'
import { parseReply } from '../providers/translated/parse-reply.ts'
import type { Target } from '../route/target.ts'
import type { Bytes } from '../transport.ts'
import type { AttemptWorld } from './attempt.ts'
import { callerError } from './caller-error.ts'
import { exchangeOnce, type OnceResult } from './exchange-once.ts'
import { headersForAll } from './prepare.ts'

/** How many tokens a request has before it is sent. */
export interface InputCount {
  readonly tokens: number
  /** Whether nobody has counted them: then it is an estimate on the high side. */
  readonly isEstimated: boolean
  /** Who has counted them, or would answer. */
  readonly target: Target
  /** What the target has said, byte for byte. Default: it was not asked, or gave no number. */
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
 * Counts the tokens of a request: by the target that would answer it, where that counts them in the caller's own dialect; else by
 * its length. It costs nothing, so there is no record.
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
  const request = nativeOperation(call, target.adapter)?.operation.counting?.(call, target)
  if (request === undefined) return estimated(call, target)
  const upstream = target.keys.next(world.clock.monotonic(), NO_KEYS) ?? target.upstream
  const result = await exchangeOnce(world, {
    ...target,
    upstream,
    request: { ...request, headers: { ...request.headers, ...headersForAll(call, world.via) } },
    timeoutMs: Math.min(call.timeoutMs ?? Infinity, world.timeouts.total_ms, MOST_MS),
    signal,
  })
  const counted = tokensIn(result)
  if (!('class' in counted)) return { ...counted, isEstimated: false, target }
  if (CALLERS_OWN.has(counted.class) || call.keptAt !== undefined)
    throw callerError(counted, target, { requestId: call.id, attempts: 1, relaysErrors: false })
  return estimated(call, target)
}

const NO_KEYS: ReadonlySet<Target['upstream']> = new Set()

const estimated = (call: ChatCall, target: Target): InputCount => ({
  tokens: upwardTokens(call, target),
  isEstimated: true,
  target,
})

function tokensIn(result: OnceResult): Pick<InputCount, 'tokens' | 'said'> | Failure {
  if (!result.ok) return result.failure
  try {
    const { body: said } = result.reply
    const { input_tokens: tokens } = parseReply(said)
    if (typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0) return { tokens, said }
    return badReply('sent no count')
  } catch (error) {
    if (error instanceof BadReplyError) return error.failure
    throw error
  }
}
