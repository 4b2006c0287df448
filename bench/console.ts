// `npm run bench -- console [--rows N] [--keep FOLDER] [--rounds N]`: how soon the console shows what it has to show, beside a large ledger.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { findChromium, quietFlags } from '../test/browser/support/chromium.ts'
import { spawnGateway } from '../test/support/spawn-gateway.ts'
import { allScripts } from './console/all-scripts.ts'
import { measureAnswers, timeFirstOverview } from './console/answers.ts'
import { loadOften, openEach, signedIn } from './console/loads.ts'
import { timeManyPoints } from './console/many-points.ts'
import { watchedOverUnwatched } from './console/watched-cpu.ts'
import { Figures } from './ledger/figures.ts'
import { fillLedger } from './ledger/fill.ts'
import { MONTH_MS } from './ledger/record.ts'
import { discard } from './ledger/starts.ts'
import { median } from './measure/statistics.ts'

const KIB = 1024
/** How often a page is loaded warm; the median counts. */
const LOADS = 9

const { values } = parseArgs({
  options: { rows: { type: 'string' }, keep: { type: 'string' }, rounds: { type: 'string' } },
})
const rows = Number(values.rows ?? 1_000_000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-console-'))
/** How often a request's CPU is set beside that with the console open. */
const rounds = Number(values.rounds ?? 11)
/** How long each is measured. */
const ROUND_SECONDS = 4
const figures = new Figures()

const executablePath = await findChromium()
if (executablePath === undefined) process.exit(1)

try {
  const place = storeIn(folder)
  if (!(await place.exists())) {
    const store = await place.open({ durability: 'relaxed', foldWaitMs: Infinity })
    // The last month, since pages show that one.
    await fillLedger(store, rows, figures, Date.now() - MONTH_MS)
    await store.ledger.totals({ by: 'key' })
    await store.close()
  }
  const gateway = await spawnGateway({}, { built: true, args: ['--data', folder] })
  const browser = await chromium.launch({ executablePath, args: [...quietFlags] })
  try {
    figures.say('the overview, asked for the first time', await timeFirstOverview(gateway), 'ms', { atMost: 150 })
    const context = await signedIn(browser, gateway)
    const { times, scriptBytes } = await loadOften(context, gateway.adminOrigin, LOADS)
    figures.say('first view, loaded warm', median(times), 'ms', { atMost: 1000 })
    figures.say('its JavaScript, as it is sent', scriptBytes / KIB, 'KiB', { atMost: 220 })
    figures.say('all JavaScript, as it is sent', allScripts() / KIB, 'KiB', { atMost: 300 })
    await measureAnswers(await openEach(context, gateway.adminOrigin), gateway, figures)
    const drawn = await timeManyPoints(context, gateway.adminOrigin)
    figures.say('100,000 points, drawn', drawn, 'ms', { atMost: 100 })
    const ratio = await watchedOverUnwatched(context, gateway, { rounds, seconds: ROUND_SECONDS })
    figures.say('CPU of a request, with the console open', ratio, '×', { atMost: 1.05 })
  } finally {
    await browser.close()
    await gateway.close()
  }
} finally {
  if (values.keep === undefined) discard(folder)
}
process.exitCode = figures.missed === 0 ? 0 : 1
