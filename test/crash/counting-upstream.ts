import {
  completion,
  json,
  startScriptedUpstream,
  stream,
  type SeenRequest,
  type Step,
} from '../support/scripted-upstream.ts'

/** More than this of a short question is not believed. */
const MOST_INPUT = 4000

/** What an answer is known by everywhere: no two have the same counts. */
export const answerOf = ({ input, output }: { input: number | null; output: number | null }): string =>
  `${input} + ${output} tokens`

/** An upstream that keeps its own books: each answer says other counts of tokens, by which it is known everywhere. */
export interface CountingUpstream {
  readonly baseURL: string
  /** What it has begun to answer, each as {@link answerOf} has it. */
  readonly said: ReadonlySet<string>
  /** Forgets the requests, which are many; what was said stays. */
  forget(): void
  close(): Promise<void>
}

export async function startCountingUpstream(): Promise<CountingUpstream> {
  const said = new Set<string>()
  const answer = ({ body }: SeenRequest): Step[] => {
    const counts = { input: 1 + (said.size % MOST_INPUT), output: 1 + Math.floor(said.size / MOST_INPUT) }
    said.add(answerOf(counts))
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
