import { build } from '../../../scripts/prepare.mjs'
import beforeEveryTest from '../../support/before-tests.ts'
import { CHROMIUM, findChromium } from './chromium.ts'

/** Jest's `globalSetup`: builds the gateway unless that is done, and looks for a browser. */
export default async function beforeTests(): Promise<void> {
  beforeEveryTest()
  await build()
  // The processes that run the tests inherit it.
  process.env[CHROMIUM] = (await findChromium()) ?? ''
}
