// `npm run bench [-- OPTIONS]`: the gateway beside the raw yardstick and a peer. See README.md.
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contestant, ContestantName, Entrant } from './contestants/contestant.ts'
import { installPortkey, portkey } from './contestants/portkey.ts'
import { speka, spekaRelaxed } from './contestants/speka.ts'
import { yardstick } from './contestants/yardstick.ts'
import { failures, judge, verdictLine } from './judge.ts'
import { readOptions, usage, type Options } from './options.ts'
import { plan } from './plan.ts'
import { chooseCores } from './processes/cores.ts'
import { chart } from './report/chart.ts'
import { machine, measuredCommit } from './report/machine.ts'
import { Report } from './report/report.ts'
import { section } from './report/section.ts'
import { resultTable } from './report/table.ts'
import { runScenario, type Cast } from './run-scenario.ts'
import type { Scenario, Timing } from './scenario.ts'
import { Stage } from './stage.ts'
import { targets } from './targets.ts'

const resultsFile = join(import.meta.dirname, 'results.md')
const chartFile = join(import.meta.dirname, 'results.svg')

function timingOf({ quick, rounds, idle }: Options): Timing {
  const usual = quick
    ? { rounds: 2, warmUpMs: 100, windowMs: 300, idle: 1000 }
    : { rounds: 7, warmUpMs: 300, windowMs: 2000, idle: 5000 }
  return { ...usual, ...(rounds !== undefined && { rounds }), ...(idle !== undefined && { idle }) }
}

function chosen({ only }: Options): Scenario[] {
  const scenarios = plan.filter(({ name }) => only.length === 0 || only.some((beginning) => name.startsWith(beginning)))
  if (scenarios.length > 0) return scenarios
  throw new Error(
    `No scenario begins with "${only.join('" or "')}". There is ${plan.map(({ name }) => name).join(', ')}.`,
  )
}

/** Lets every server warm up before anything counts: engines compile what is used often. */
async function warmUp(stage: Stage, contestants: Iterable<Contestant>, ms: number): Promise<void> {
  for (const contestant of contestants) {
    const watched = stage.watched(contestant)
    for (const asked of [
      { model: 'mock-small', stream: false },
      { model: 'mock-events-200', stream: true },
      { model: 'mock-vectors', stream: false, endpoint: 'embeddings' },
    ] as const) {
      const ask = { ...asked, prompt: { kind: 'prose', bytes: 1000 } } as const
      const { endpoint } = contestant
      await stage.load.run({ kind: 'saturate', endpoint, ask, connections: 16, warmUpMs: 0, windowMs: ms, watched })
    }
  }
}

async function run(options: Options): Promise<boolean> {
  const scenarios = chosen(options)
  const timing = timingOf(options)
  const report = new Report((line) => console.log(line))
  const absent: string[] = []
  const entrants: Entrant[] = [yardstick, speka, spekaRelaxed]
  const whyNot = await installPortkey((line) => report.say(line))
  if (whyNot === undefined) entrants.push(portkey)
  else absent.push(`${portkey.title} was left out: it could not be installed (${whyNot})`)
  for (const words of absent) report.say(words)

  const began = performance.now()
  const stage = await Stage.open(chooseCores())
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    console.error('Stopping.')
    void stage.close().then(() => process.exit(130))
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  // Whoever watched has gone: nothing is left running, and no folder is left behind.
  process.stdout.on('error', stop)
  try {
    const running = new Map<ContestantName, Contestant>()
    for (const entrant of entrants) running.set(entrant.name, await stage.enter(entrant))
    report.say(`Node: ${listed(stage.nodeVersions())}. ${machine(stage.cores)}.`)
    await warmUp(stage, running.values(), options.quick ? 500 : 6000)
    const cast: Cast = { running, entrants: new Map(entrants.map((entrant) => [entrant.name, entrant])) }
    for (const scenario of scenarios) {
      await runScenario(scenario, { stage, cast, timing, report })
      await wait(100)
    }
  } finally {
    await stage.close()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }

  const judged = targets.filter(
    ({ scenario, against }) =>
      scenarios.some(({ name }) => name === scenario) && entrants.some(({ name }) => name === against),
  )
  const verdicts = judge(report.results, judged)
  const table = resultTable(report.results, scenarios, entrants, verdicts)
  const circumstances = {
    commit: measuredCommit(),
    date: new Date().toISOString().slice(0, 10),
    nodeVersion: process.version,
    machine: machine(stage.cores),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    timing: `${timing.rounds} rounds, windows of ${timing.windowMs / 1000} s after ${timing.warmUpMs / 1000} s of warm-up; ${timing.idle} idle streams; medians of what each round compared, least–greatest in brackets`,
    absent,
  }
  const written = section(circumstances, table, verdicts, report)
  report.say(`\n${written}\n\n${Math.round((performance.now() - began) / 1000)} s`)
  if (options.save)
    await save(written, { results: report.results, scenarios, entrants, targets: judged }, circumstances)

  const missed = failures(verdicts)
  for (const verdict of missed) console.error(verdictLine(verdict))
  return missed.length === 0
}

async function save(
  written: string,
  data: Omit<Parameters<typeof chart>[0], 'caption'>,
  { commit, date, nodeVersion }: { commit: string; date: string; nodeVersion: string },
): Promise<void> {
  const before = await readFile(resultsFile, 'utf8').catch(() => undefined)
  if (before === undefined) await writeFile(resultsFile, '# Results\n\nHow to read them: [README.md](README.md).\n')
  await appendFile(resultsFile, `\n${written}\n`)
  await writeFile(chartFile, chart({ ...data, caption: `Speka ${commit}, ${date}, Node ${nodeVersion}` }))
}

/** `yardstick v24.21.0, …`, or the one version that all have. */
function listed(versions: Readonly<Record<string, string>>): string {
  const [only, ...others] = new Set(Object.values(versions))
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return others.length === 0 ? `${only ?? ''} in all ${names.length} processes` : names.join(', ')
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else process.exitCode = (await run(options)) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
