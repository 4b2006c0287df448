import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, type Answered, type Question } from './ask.ts'
import { judgeRate, type Arrival, type RateJudged } from './judge-rate.ts'
import type { LimitedProcesses } from './limited-processes.ts'

/** So many times the rate is asked for. */
const OVERLOAD = 20
/** How many connections each key has, over all processes. */
const CONNECTIONS = 24

export interface RateRun extends RateJudged {
  readonly rpm: number
  readonly sent: number
  /** Ended neither whole nor refused for the rate. */
  readonly strange: readonly string[]
}

export interface RateOptions {
  readonly rpms: readonly number[]
  readonly seconds: number
  /** What happens meanwhile, and when it begins, in s. Whoever is under way then may be broken off. Default: nothing. */
  readonly meanwhile?: { readonly at: number; befall(): Promise<void> } | undefined
  /** How the key is limited, as the command line has it; a control leaves it without. */
  readonly limitedBy: (rpm: number) => string
}

let runs = 0

/** A key for each rate, all asked for at once, each at 20 times its rate and on all processes. */
export async function runRates(limited: LimitedProcesses, options: RateOptions): Promise<readonly RateRun[]> {
  runs += 1
  const { rpms, seconds, meanwhile, limitedBy } = options
  limited.upstream.forget()
  const loads = await Promise.all(
    rpms.map(async (rpm) => {
      const { key } = await limited.createKey(`rate-${runs}-${rpm}`, limitedBy(rpm))
      return { rpm, key }
    }),
  )
  await limited.inForce()
  const until = performance.now() + seconds * 1000
  const befallen = meanwhile && wait(meanwhile.at * 1000).then(() => meanwhile.befall())
  const answers = await Promise.all(loads.map((load) => runOne(limited, load, until)))
  await befallen
  const arrivedAt = new Map(limited.upstream.served.map(({ name, at }) => [name, at]))
  return loads.map(({ rpm }, index) => {
    const all = answers[index] ?? []
    return {
      rpm,
      sent: all.length,
      ...judgeRate(
        rpm,
        // What nobody answered was never asked, as far as an ideal limiter can know.
        all.filter(({ ending, question }) => ending !== 'broken' || arrivedAt.has(question.name)).map(arrival),
      ),
      strange: strangeOf(all, meanwhile !== undefined),
    }
  })

  function arrival({ question, sentAt, endedAt, retryAfter, ending }: Answered): Arrival {
    return {
      sentAt,
      answeredAt: endedAt,
      arrivedAt: arrivedAt.get(question.name),
      retryAfter: ending === 'limited' ? retryAfter : undefined,
    }
  }
}

interface Load {
  readonly rpm: number
  readonly key: string
}

/** Sends at 20 times the rate, whatever becomes of what was sent. */
async function runOne(limited: LimitedProcesses, { rpm, key }: Load, until: number): Promise<readonly Answered[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const began = performance.now()
  const everyMs = 60_000 / (rpm * OVERLOAD)
  const asked: Promise<Answered>[] = []
  while (performance.now() < until) {
    const due = Math.floor((performance.now() - began) / everyMs) + 1
    while (asked.length < due)
      asked.push(ask({ baseURL: limited.baseURL(), key, agent }, brief(`rate${runs}-${rpm}-${asked.length}`)))
    await wait(Math.max(1, began + asked.length * everyMs - performance.now()))
  }
  const answered = await Promise.all(asked)
  agent.destroy()
  return answered
}

/** A question that is soon answered. */
export const brief = (name: string, changes: Partial<Question> = {}): Question => ({
  name,
  prompt: { text: '', tokens: 0 },
  wants: 5,
  ms: 0,
  most: 5,
  stream: false,
  ...changes,
})

function strangeOf(answers: readonly Answered[], disturbed: boolean): readonly string[] {
  const expected = ({ ending }: Answered): boolean =>
    ending === 'complete' || ending === 'limited' || (disturbed && ending === 'broken')
  const strange = answers.filter((one) => !expected(one))
  return [...new Set(strange.map(({ status, ending, text }) => `${ending} ${status} ${text.slice(0, 160)}`))]
}
