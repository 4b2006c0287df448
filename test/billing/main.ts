// `npm run test:billing`: a year of invoices on a store of its own, each held to what it must be.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runYear } from './run-year.ts'

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '200' },
    requests: { type: 'string', default: '1000000' },
    months: { type: 'string', default: '12' },
    kills: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
  },
})
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const listed = (counts: object, text: (what: string, count: unknown) => string): string =>
  Object.entries(counts)
    .map(([what, count]) => text(what, count))
    .join(', ')

const folder = await mkdtemp(join(tmpdir(), 'speka-year-'))
const began = performance.now()
try {
  const report = await runYear({
    folder,
    seed: Number(values.seed),
    accounts: Number(values.accounts),
    requests: Number(values.requests),
    months: Number(values.months),
    kills: Number(values.kills),
    tell: (line) => say(`[${((performance.now() - began) / 1000).toFixed(0)} s] ${line}`),
  })
  const { complaints, happenings, ...figures } = report
  say(listed(happenings, (what, count) => `${count} ${what}`))
  say(listed(figures, (what, count) => `${what}: ${count}`))
  for (const complaint of complaints.slice(0, 40)) say(complaint)
  say(`${complaints.length} differences`)
  process.exitCode = complaints.length === 0 && report.invoices > 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
