import { callHeaders } from '../../api/client.ts'
import { wordsFor } from '../../api/problem.ts'
import { stringifySearch } from '../../search-params.ts'
import { noAnswer, withChunk, withWhole, type Answer } from './answer.ts'
import { eventsOf } from './events-of.ts'
import { pathsOf, type Body, type Kind } from './playground-form.ts'
import { troubleIn, type Trouble } from './trouble.ts'

/** One model that is asked. */
interface Asked {
  readonly kind: Kind
  readonly body: Body
  /** Which key it is asked with. */
  readonly as: Readonly<Record<'key_id' | 'account', string | undefined>>
  /** Stops it. */
  readonly signal: AbortSignal
  /** Told of each step. */
  readonly tell: (answer: Answer) => void
}

/** What ends an answer that is whole. */
const DONE = '[DONE]'

/** Asks one model by the management API, and tells what comes of it until its end, whatever that is. */
export async function askModel({ kind, body, as, signal, tell }: Asked): Promise<Answer> {
  const since = performance.now()
  const streams = kind === 'chat'
  let answer: Answer = noAnswer
  const change = (changes: Partial<Answer>): void => {
    answer = { ...answer, ...changes }
    tell(answer)
  }
  const elapsed = (): number => performance.now() - since
  try {
    const response = await fetch(`/api/v1/playground/${pathsOf[kind]}${stringifySearch(as)}`, {
      method: 'POST',
      headers: callHeaders(),
      body: JSON.stringify(streams ? { ...body, stream: true, stream_options: { include_usage: true } } : body),
      signal,
    })
    change({ requestId: response.headers.get('x-request-id') ?? undefined })
    if (!response.ok || response.body === null) {
      change({ state: 'failed', totalMs: elapsed(), trouble: await troubleIn(response) })
      return answer
    }
    change({ provider: response.headers.get('x-speka-provider') ?? undefined })
    if (!streams) {
      const whole: unknown = await response.json()
      change({ ...withWhole(answer, whole), state: 'complete', totalMs: elapsed() })
      return answer
    }
    for await (const data of eventsOf(response.body)) {
      if (data === DONE) {
        change({ state: 'complete', totalMs: elapsed() })
        return answer
      }
      const next = withChunk(answer, data)
      const isFirst = answer.firstMs === undefined && (next.text !== '' || next.toolCalls.length > 0)
      change({ ...next, state: 'answering', ...(isFirst ? { firstMs: elapsed() } : {}) })
      if (answer.trouble !== undefined) break
    }
    change({ state: 'broken', totalMs: elapsed(), trouble: answer.trouble ?? brokenOff })
  } catch (error) {
    const hasBegun = answer.state === 'answering'
    const trouble = { message: wordsFor(error), code: 'unreachable' }
    if (signal.aborted) change({ state: 'stopped', totalMs: elapsed() })
    else change({ state: hasBegun ? 'broken' : 'failed', totalMs: elapsed(), trouble: hasBegun ? brokenOff : trouble })
  }
  return answer
}

const brokenOff: Trouble = {
  message: 'The answer broke off before its end. What came is shown, and is not whole. Ask again.',
  code: 'broken_off',
}
