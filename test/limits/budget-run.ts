import { setTimeout as wait } from 'node:timers/promises'
import { ask, bodyOf, type Answered, type Question } from './ask.ts'
import { judgeBudget, type Judged, type Lowered, type Spent } from './judge-budget.ts'
import type { LimitedGateway } from './limited-gateway.ts'
import { HIDDEN_TOKENS, PRICE, usd, type Charges, type LimitedProcesses } from './limited-processes.ts'
import type { Prompt } from './prompts.ts'
import { standingsOf } from './standing.ts'

/** What happens while a budget is being spent. */
export interface Disturbance<Limited extends LimitedProcesses = LimitedGateway> {
  /** Whether 503 `limit_unavailable` may come. */
  readonly mayBeUnknown?: boolean
  /** How many of a hundred clients cut their line. */
  readonly cutPercent?: number
  /** Begun with the load; resolves when all is as it should be again, with what the cap was meanwhile. */
  during?(run: DisturbedRun<Limited>): Promise<Lowered | undefined>
}

export interface DisturbedRun<Limited extends LimitedProcesses = LimitedGateway> {
  readonly limited: Limited
  readonly keyId: string
  readonly cap: bigint
  /** Sends so many more, whose answers count like all others. */
  more(requests: number): Promise<readonly Answered[]>
  /** Says what should not have been. */
  trouble(text: string): void
}

export interface BudgetRun extends Judged {
  readonly cap: bigint
  /** 503 `limit_unavailable` where nobody was stopped. */
  readonly unknownInCalm: number
  /** Each 503 `limit_unavailable`, in words: when it was asked, how long it waited and what it was told. */
  readonly unknown: readonly string[]
  /** What `/v1/key` says is held at rest, and how far what it says is spent is from the rows. */
  readonly heldAtRest: bigint
  readonly toldWrong: bigint
  /** Of what was left at the end, what one request could not have. */
  readonly notToBeHad: bigint
  /** All else that should not have been. */
  readonly troubles: readonly string[]
}

export interface BudgetOptions<Limited extends LimitedProcesses = LimitedGateway> {
  readonly requests: number
  readonly random: () => number
  readonly disturbance: Disturbance<Limited>
  /** How the key is limited, as the command line has it; a control leaves it without. */
  readonly limitedBy: (cap: string) => string
}

/** How many requests are sent a second, and in how many steps. */
const A_SECOND = 1000
const STEP_MS = 20
/** What a kill or a cut leaves held is free after so long, in ms: till then a refusal is not held against the gateway. */
const LINGERING = { cut: 2000, broken: 6000 }

let runs = 0

/** One key with one budget, spent by a crowd, then by some at once, then by one after the other, then by one that takes it all. */
export async function runBudget<Limited extends LimitedProcesses>(
  limited: Limited,
  options: BudgetOptions<Limited>,
): Promise<BudgetRun> {
  const { requests, random, disturbance, limitedBy } = options
  runs += 1
  const troubles: string[] = []
  const crowd = Array.from({ length: requests }, (_, index) =>
    questionOf(`r${runs}-${index}`, options, limited.prompts),
  )
  const cap = capFor(crowd, random)
  const made = await limited.createKey(`run-${runs}`, limitedBy(usd(cap)))
  const answered: Answered[] = []
  const began = performance.now()
  const send = async (questions: readonly Question[]): Promise<readonly Answered[]> => {
    const answers = await Promise.all(
      questions.map((question) => ask({ baseURL: limited.baseURL(), key: made.key }, question)),
    )
    answered.push(...answers)
    return answers
  }

  let extra = 0
  const more = (count: number): Promise<readonly Answered[]> =>
    send(Array.from({ length: count }, () => questionOf(`r${runs}-more-${(extra += 1)}`, options, limited.prompts)))
  const disturbed = disturbance.during?.({
    limited,
    keyId: made.id,
    cap,
    more,
    trouble: (text) => void troubles.push(text),
  })
  const underWay: Promise<unknown>[] = []
  for (let from = 0; from < crowd.length; from += (A_SECOND * STEP_MS) / 1000) {
    underWay.push(send(crowd.slice(from, from + (A_SECOND * STEP_MS) / 1000)))
    await wait(STEP_MS)
  }
  await Promise.all(underWay)
  const lowered = await disturbed
  await limited.whole()
  const inCalm = answered.length
  await atRest(limited, made.key)

  // Near the cap: some at once, each for a part of what is left, then one at a time for a little less or more than there is.
  const left = async (): Promise<bigint> => cap - (await limited.charges(made.id)).sum
  for (let round = 0; round < 3; round += 1) {
    const there = await left()
    const part = (share: number): number => outputFor((there * BigInt(Math.round(share * 1000))) / 1000n)
    const some = Array.from({ length: 16 }, (_, index) =>
      sized(`some${runs}-${round}-${index}`, part(0.1 + random() * 0.4)),
    )
    await send(some)
    await atRest(limited, made.key)
  }
  for (const percent of [50, 120, 70, 101, 99]) {
    await send([sized(`one${runs}-${percent}`, outputFor(((await left()) * BigInt(percent)) / 100n), 1)])
    await atRest(limited, made.key)
  }
  const before = await left()
  const all = outputFor(before)
  const [last] = await send([sized(`all${runs}`, all, all)])
  await atRest(limited, made.key)
  const hadAll = last?.ending === 'complete' || before < holdOf(sized('least', 1), HIDDEN_TOKENS.few)

  const [standing] = await standingsOf(limited.baseURL(), made.key)
  const charges = await limited.charges(made.id)
  const spent = spentOf(limited, answered, charges)
  return {
    ...judgeBudget({ cap, charged: charges.sum, lowered }, spent, LINGERING),
    cap,
    unknownInCalm: answered
      .slice(disturbance.mayBeUnknown === true ? inCalm : 0)
      .filter(({ ending }) => ending === 'unknown').length,
    unknown: answered.filter(({ ending }) => ending === 'unknown').map((one) => unknownTold(one, began)),
    heldAtRest: standing?.held ?? 0n,
    toldWrong: standing === undefined ? 0n : standing.spent - charges.sum,
    notToBeHad: hadAll ? 0n : before,
    troubles: [...troubles, ...strange(answered)],
  }
}

function questionOf(
  name: string,
  {
    random,
    disturbance,
  }: Pick<BudgetOptions<never>, 'random'> & { readonly disturbance: Pick<Disturbance<never>, 'cutPercent'> },
  prompts: readonly Prompt[],
): Question {
  const wants = 1 + Math.floor(random() * 600)
  const [stream, slow, cut, bounded] = [random() < 0.5, random() < 0.4, random() * 100, random() < 0.9]
  return {
    name,
    prompt: prompts[Math.floor(random() * prompts.length)] ?? { text: '', tokens: 0 },
    wants,
    ms: Math.round(slow ? 300 + random() * 1500 : random() * 40),
    most: bounded ? 1 + Math.floor(random() * 1000) : undefined,
    stream,
    cutAfterMs: cut < (disturbance.cutPercent ?? 0) ? random() * 1000 : undefined,
  }
}

const none: Prompt = { text: '', tokens: 0 }

/** A question without a prompt to speak of, whose answer may have so many tokens. */
const sized = (name: string, most: number, wants = Math.ceil(most / 2)): Question => ({
  name,
  prompt: none,
  wants,
  ms: 20,
  most,
  stream: false,
})

/** A caller without a bound of its own is given one: much, where there is much, and where there is little at least this. */
const LEAST_GIVEN = 16
const USUALLY_GIVEN = 4096

/** What a request holds, by its own bound or the one that it was given. */
function holdOf(question: Question, hidden: number, asSent = question): bigint {
  const input = Buffer.byteLength(bodyOf(asSent)) + hidden
  return BigInt(input) * PRICE.input + BigInt(question.most ?? USUALLY_GIVEN) * PRICE.output
}

/** So long may an answer be whose hold is to be `amount`, or a little less, where money is short. */
function outputFor(amount: bigint): number {
  const longest = sized('with-a-name-as-long-as-any', 10_000_000, 10_000_000)
  const input = holdOf(sized('', 0), HIDDEN_TOKENS.few, longest)
  return Math.max(1, Number((amount - input) / PRICE.output))
}

/** So much that some of the crowd are refused, or half of it, or most. */
function capFor(crowd: readonly Question[], random: () => number): bigint {
  const all = crowd.reduce((sum, question) => sum + holdOf(question, HIDDEN_TOKENS.most), 0n)
  return (all * BigInt(Math.round(30 + random() * 400))) / 1000n
}

function spentOf({ upstream }: LimitedProcesses, answered: readonly Answered[], charges: Charges): readonly Spent[] {
  const served = new Map(upstream.served.map((one) => [one.name, one]))
  return answered.map(({ question, id, sentAt, endedAt, ending }) => {
    const { input = 0, output = 0, most = Infinity } = served.get(question.name) ?? {}
    // A caller without a bound of its own was given one, which the upstream has seen.
    const bounded = most === Infinity ? question : { ...question, most }
    return {
      sentAt,
      endedAt,
      ending,
      charge: charges.of.get(id ?? question.name) ?? charges.of.get(question.name),
      owed: BigInt(input) * PRICE.input + BigInt(output) * PRICE.output,
      hold: holdOf(bounded, HIDDEN_TOKENS.most, question),
      least: holdOf({ ...question, most: question.most ?? LEAST_GIVEN }, HIDDEN_TOKENS.few, question),
    }
  })
}

/** What shows who could not say what is left: whether it waited for long, and for what. */
function unknownTold({ question, sentAt, endedAt, status, text }: Answered, began: number): string {
  const [at, waited] = [sentAt - began, endedAt - sentAt].map(Math.round)
  const shape = question.stream ? 'a stream' : 'a whole answer'
  return `unknown: ${question.name}, ${shape}, sent at ${at} ms, ${status} after ${waited} ms: ${text.slice(-300)}`
}

/** What no client should have seen: each kind once. */
const strange = (answered: readonly Answered[]): string[] => [
  ...new Set(
    answered
      .filter(({ ending }) => ending === 'other' || ending === 'limited')
      .map(({ status, text }) => `${status}: ${text.slice(0, 200)}`),
  ),
]

/** For so long it is waited for, in ms: no measure of speed, since what was held is given back with the next beat. */
const AT_REST_MS = 60_000

/** Nothing is held any more, as far as the gateway says; it is looked at again at the end. */
async function atRest(limited: LimitedProcesses, key: string): Promise<void> {
  const deadline = performance.now() + AT_REST_MS
  while (performance.now() < deadline) {
    const standings = await standingsOf(limited.baseURL(), key)
    if (standings.every(({ held }) => held === 0n)) return
    await wait(50)
  }
}
