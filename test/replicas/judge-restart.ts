import type { Answered } from '../limits/ask.ts'

/** What clients of a rolling restart have seen. */
export interface RestartJudged {
  /** Answered whole. */
  readonly complete: number
  /** The upstream was asked, so the request was admitted, and its client did not get a whole answer. */
  readonly failed: readonly string[]
  /** Not admitted: the replica was on its way out, or not there; whoever is asked next takes it. */
  readonly turnedAway: number
  /** Whole for a client, and not in the ledger; or there more than once. */
  readonly unrecorded: readonly string[]
}

/**
 * Whether a rolling restart cost anybody anything.
 *
 * @param asked what came to the upstream, by the requests' names.
 * @param recorded the requests that the ledger has.
 */
export function judgeRestart(
  answered: readonly Answered[],
  asked: ReadonlySet<string>,
  recorded: readonly string[],
): RestartJudged {
  const whole = answered.filter(({ ending }) => ending === 'complete')
  const others = answered.filter(({ ending }) => ending !== 'complete')
  const times = new Map<string, number>()
  for (const id of recorded) times.set(id, (times.get(id) ?? 0) + 1)
  return {
    complete: whole.length,
    failed: others
      .filter(({ question }) => asked.has(question.name))
      .map(({ question, ending, status, text }) => `${question.name}: ${ending} ${status} ${text.slice(0, 120)}`),
    turnedAway: others.filter(({ question }) => !asked.has(question.name)).length,
    unrecorded: whole.map(({ id = '' }) => id).filter((id) => times.get(id) !== 1),
  }
}
