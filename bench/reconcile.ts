// `npm run bench -- reconcile [--rows N] [--keep FOLDER]`: how long a provider's export takes to be held against a large ledger.
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { formatUsd, type UsageRecord } from '@speka/core'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { Figures } from './ledger/figures.ts'
import { recordOf } from './ledger/record.ts'

/** How many records are settled at once. */
const AT_ONCE = 5000
const PROVIDER = 'acme-0'
const MOST_SECONDS = 90
const MOST_MIB = 512

const { values } = parseArgs({ options: { rows: { type: 'string' }, keep: { type: 'string' } } })
const lines = Number(values.rows ?? 1_000_000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-reconcile-'))
const figures = new Figures()

try {
  const file = join(folder, 'export.csv')
  if (!existsSync(file)) {
    await fill()
    await writeExport(file)
  }
  // What the gateway has made of its rows while it ran.
  speka('usage', '--by', 'provider')
  const { seconds, cpuSeconds, mib, found } = speka('reconcile', '--provider', PROVIDER, '--file', file, '--json')
  const { matched, different, missing_in_ledger: here, missing_in_export: there, double } = JSON.parse(found)
  console.log(
    `${matched.count} matched, ${different.count} different, ${here.count} not here, ${there.count} not there, ${double.count} double`,
  )
  const isRight = [different, here, there, double].every(({ count }) => count === 1)
  figures.say('lines of the export', lines, '')
  figures.say('held against the ledger, all in', seconds, 's', { atMost: MOST_SECONDS })
  figures.say('CPU of it, all threads', cpuSeconds, 's')
  figures.say('resident at most', mib, 'MiB', { atMost: MOST_MIB })
  figures.say('differences that were not found', isRight ? 0 : 1, '', { atMost: 0 })
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}
process.exitCode = figures.missed === 0 ? 0 : 1

/** The nth request of the provider. */
function recordAt(n: number): UsageRecord {
  const record = recordOf(n, lines)
  const attempts = record.attempts.map((attempt) => ({ ...attempt, provider: PROVIDER }))
  return { ...record, provider: PROVIDER, attempts }
}

async function fill(): Promise<void> {
  const store = await storeIn(folder).open({ durability: 'relaxed' })
  for (let from = 0; from < lines; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, lines - from) }, (_, index) =>
      store.ledger.settle(recordAt(from + index)),
    )
    await Promise.all(some)
    // Until the last of them is in the file: more than so many are not taken meanwhile.
    while ((await store.ledger.find(recordAt(Math.min(from + AT_ONCE, lines) - 1).id)) === undefined);
  }
  await store.close()
}

/** The provider's own view of the same: one request is missing, one is another's, one costs more, one is there twice. */
async function writeExport(file: string): Promise<void> {
  const out = createWriteStream(file)
  out.write('generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug,provider_name\n')
  for (let n = 0; n < lines; n += 1) {
    const { upstreamId, createdAt, usage, attempts, upstreamModel } = recordAt(n)
    const id = n === 10 ? 'gen-unknown' : upstreamId
    const input = (usage.inputTokens ?? 0) + (n === 20 ? 1 : 0)
    const at = new Date(createdAt).toISOString().replace('T', ' ').replace('Z', '')
    const [attempt] = attempts
    const line = `${id},${at},${attempt?.cost === undefined ? '' : formatUsd(attempt.cost)},${input},${usage.outputTokens},"${upstreamModel}",Acme\n`
    if (!out.write(n === 30 ? line + line : line)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
}

/** Runs a command of the built `speka`, and tells what it took. */
function speka(...args: readonly string[]): { seconds: number; cpuSeconds: number; mib: number; found: string } {
  const main = join(import.meta.dirname, '..', 'packages', 'server', 'dist', 'main.js')
  const tell = `data:text/javascript,${encodeURIComponent(
    `process.on('exit', () => {
      const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
      let kib = maxRSS
      try {
        kib = Number(/VmHWM:\\s*(\\d+)/.exec(process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8'))[1])
      } catch {}
      process.stderr.write('\\ntook ' + (userCPUTime + systemCPUTime) + ' ' + kib)
    })`,
  )}`
  const began = performance.now()
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', tell, main, ...args, '--data', folder], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const [, micros, kib] = /took (\d+) (\d+)$/.exec(stderr) ?? []
  if (micros === undefined || kib === undefined) throw new Error(`speka ${args[0]} ended with ${stderr}`)
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: Number(micros) / 1e6,
    mib: Number(kib) / 1024,
    found: stdout,
  }
}
