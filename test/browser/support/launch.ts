import { chromium, type Browser } from 'playwright-core'
import { CHROMIUM, quietFlags } from './chromium.ts'

/** `describe`, unless there is no browser. */
export const describeInBrowser = process.env[CHROMIUM] ? describe : describe.skip

/** A browser with a profile that is new and goes with it. */
export function launch(): Promise<Browser> {
  const executablePath = process.env[CHROMIUM]
  if (!executablePath) throw new Error(`There is no browser: ${CHROMIUM} names none.`)
  return chromium.launch({ executablePath, headless: true, args: [...quietFlags] })
}
