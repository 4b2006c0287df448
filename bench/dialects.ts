// `npm run bench -- dialects [--rounds N] [--quick]`: streams that go through in the dialect they came in, beside those of chat.
import { parseArgs } from 'node:util'
import { speka } from './contestants/speka.ts'
import { intervalOfMedian } from './measure/interval.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import type { Scenario } from './scenario.ts'
import { measureRound, middle, shown } from './side-by-side.ts'
import { Stage } from './stage.ts'

const OF_CHAT = 'events'
const DIALECTS = ['events-padded', 'events-messages', 'events-responses']

/** Events of a second of CPU, over those of chat: below this the whole interval of the median must not lie. */
const LEAST = 0.9

/** A round that was refused is made up for so many times, at most. */
const MOST_EXTRA_ROUNDS = 5

async function run(args: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 15))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number above 0.')
  const chat = scenarioCalled(OF_CHAT)
  const dialects = DIALECTS.map(scenarioCalled)
  console.log(`Events of a second of CPU of the gateway's whole process, over those of chat. ${rounds} rounds.`)
  const stage = await Stage.open(chooseCores())
  const stop = (): void => void stage.close().then(() => process.exit(130))
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const measured: ReadonlyMap<Scenario, number>[] = []
  try {
    for (let round = 0; measured.length < rounds && round < rounds + MOST_EXTRA_ROUNDS; round += 1) {
      const inTurn = [chat, ...dialects]
      const order = round % 2 === 0 ? inTurn : inTurn.toReversed()
      const { each } = await measureRound(order, [speka], { stage, round, haste: values.quick ? 10 : 1 })
      const microseconds = new Map([...each].flatMap(([scenario, [value]]) => (value ? [[scenario, value]] : [])))
      if (microseconds.size === order.length) measured.push(microseconds)
    }
  } finally {
    await stage.close()
  }
  return dialects.map((dialect) => judge(dialect, chat, measured)).every(Boolean)
}

function judge(dialect: Scenario, chat: Scenario, measured: readonly ReadonlyMap<Scenario, number>[]): boolean {
  const of = (scenario: Scenario): readonly number[] => measured.map((each) => each.get(scenario) ?? NaN)
  const [base, own] = [of(chat), of(dialect)]
  const interval = intervalOfMedian(own.map((value, round) => (base[round] ?? NaN) / value))
  const holds = interval !== undefined && interval.high >= LEAST
  const ratio = interval === undefined ? 'nothing measured' : shown(interval)
  console.log(
    `${holds ? 'held  ' : 'MISSED'} ${dialect.title.padEnd(36)} ${ratio}   ${middle(own, 2)} µs an event, ${middle(base, 2)} of chat (at least ${LEAST})`,
  )
  return holds
}

function scenarioCalled(name: string): Scenario {
  const scenario = plan.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`The plan has no scenario ${name}.`)
  return scenario
}

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
