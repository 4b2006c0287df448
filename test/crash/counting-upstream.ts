import {
  completion,
  json,
  startScriptedUpstream,
  stream,
  type Counts,
  type SeenRequest,
  type Step,
} from '../support/scripted-upstream.ts'

/** An upstream that keeps its own books: each answer says another count of tokens, by which it is known everywhere. */
export interface CountingUpstream {
  readonly baseURL: string
  /** What it has begun to answer, by the input tokens of the answer. */
  readonly said: ReadonlyMap<number, Counts>
  /** Forgets the requests, which are many; what was said stays. */
  forget(): void
  close(): Promise<void>
}

export async function startCountingUpstream(): Promise<CountingUpstream> {
  const said = new Map<number, Counts>()
  const answer = ({ body }: SeenRequest): Step[] => {
    const counts = { input: said.size + 1, output: 1 + (said.size % 97) }
    said.set(counts.input, counts)
    // Some streams take their time, so that a kill finds them at every stage.
    const pauseMs = counts.input % 3 === 0 ? 2 : 0
    return body.includes('"stream":true')
      ? stream(['One ', 'two ', 'three.'], counts, pauseMs)
      : json(completion('One two three.', counts))
  }
  const upstream = await startScriptedUpstream(answer)
  return {
    baseURL: upstream.baseURL,
    said,
    forget: () => upstream.clear(),
    close: () => upstream.close(),
  }
}
