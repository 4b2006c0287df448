import {
  completion,
  json,
  startScriptedUpstream,
  stream,
  type SeenRequest,
  type Step,
} from '../support/scripted-upstream.ts'

/** More than this of the clients' question is not believed. */
const MOST_INPUT = 12_000
/** Where money is short, no more than 16 tokens may come: of more answers than these some would be cut short, and say the same as earlier ones. */
export const MOST_ANSWERS = 16 * MOST_INPUT

/** What an answer is known by everywhere: no two have the same counts. */
export const answerOf = ({ input, output }: { input: number | null; output: number | null }): string =>
  `${input} + ${output} tokens`

/** Where an answer may be when somebody is killed, as its upstream can tell. */
export const upstreamPoints = ['asked', 'begun', 'in the middle', 'said'] as const

export type UpstreamPoint = (typeof upstreamPoints)[number]

/** An upstream that keeps its own books: each answer says other counts of tokens, by which it is known everywhere. */
export interface CountingUpstream {
  readonly baseURL: string
  /** What it has begun to answer, each as {@link answerOf} has it. */
  readonly said: ReadonlySet<string>
  /** Forgets the requests, which are many; what was said stays. */
  forget(): void
  close(): Promise<void>
}

/** @param tell told of each answer that is at such a point. */
export async function startCountingUpstream(tell: (point: UpstreamPoint) => void): Promise<CountingUpstream> {
  /** A step that does nothing, and tells that it is reached. */
  const at = (point: UpstreamPoint): Step => ({
    get until() {
      tell(point)
      return Promise.resolve()
    },
  })
  const said = new Set<string>()
  const answer = ({ body }: SeenRequest): Step[] => {
    const counts = { input: 1 + (said.size % MOST_INPUT), output: 1 + Math.floor(said.size / MOST_INPUT) }
    said.add(answerOf(counts))
    // Some streams take their time, so that a kill finds them at every stage.
    const pauseMs = counts.input % 3 === 0 ? 2 : 0
    if (!body.includes('"stream":true')) return [at('asked'), ...json(completion('One two three.', counts)), at('said')]
    const [head, ...steps] = stream(['One ', 'two ', 'three.'], counts, pauseMs)
    const middle = steps.length / 2
    return [
      at('asked'),
      ...(head === undefined ? [] : [head]),
      at('begun'),
      ...steps.slice(0, middle),
      at('in the middle'),
      ...steps.slice(middle),
      at('said'),
    ]
  }
  const upstream = await startScriptedUpstream(answer)
  return {
    baseURL: upstream.baseURL,
    said,
    forget: () => upstream.clear(),
    close: () => upstream.close(),
  }
}
