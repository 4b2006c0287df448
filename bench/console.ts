// `npm run bench -- console [--rows N] [--keep FOLDER]`: how soon the console shows what it has to show, beside a large ledger.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { findChromium, quietFlags } from '../test/browser/support/chromium.ts'
import { spawnGateway } from '../test/support/spawn-gateway.ts'
import { allScripts } from './console/all-scripts.ts'
import { measureAnswers } from './console/answers.ts'
import { loadOften, signedIn } from './console/loads.ts'
import { Figures } from './ledger/figures.ts'
import { fillLedger } from './ledger/fill.ts'
import { MONTH_MS } from './ledger/record.ts'
import { discard } from './ledger/starts.ts'
import { median } from './measure/statistics.ts'

const KIB = 1024
/** How often a page is loaded warm; the median counts. */
const LOADS = 9

const { values } = parseArgs({ options: { rows: { type: 'string' }, keep: { type: 'string' } } })
const rows = Number(values.rows ?? 1_000_000)
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'speka-bench-console-'))
const figures = new Figures()

const executablePath = await findChromium()
if (executablePath === undefined) process.exit(1)

try {
  const place = storeIn(folder)
  if (!place.exists()) {
    const store = await place.open({ durability: 'relaxed', foldWaitMs: Infinity })
    // The last month, since pages show that one.
    await fillLedger(store, rows, figures, Date.now() - MONTH_MS)
    await store.ledger.totals({ by: 'key' })
    await store.close()
  }
  const gateway = await spawnGateway({}, { built: true, args: ['--data', folder] })
  const browser = await chromium.launch({ executablePath, args: [...quietFlags] })
  try {
    const context = await signedIn(browser, gateway)
    const { times, scriptBytes, paths } = await loadOften(context, gateway.adminOrigin, LOADS)
    figures.say('first view, loaded warm', median(times), 'ms', { atMost: 1000 })
    figures.say('its JavaScript, as it is sent', scriptBytes / KIB, 'KiB', { atMost: 220 })
    figures.say('all JavaScript, as it is sent', allScripts() / KIB, 'KiB', { atMost: 300 })
    await measureAnswers(paths, gateway, figures)
  } finally {
    await browser.close()
    await gateway.close()
  }
} finally {
  if (values.keep === undefined) discard(folder)
}
process.exitCode = figures.missed === 0 ? 0 : 1
