import { join, resolve } from 'node:path'
import { placeGatewayBundle } from './gateway-bundle.ts'
import { makeScratchFolder } from './scratch-folder.ts'

/** Jest's `globalSetup`. What it sets, the processes that run the tests inherit. */
export default function beforeTests(): void {
  process.env['TMPDIR'] = makeScratchFolder()
  // A thread of the database starts in half the time when it need not be compiled.
  process.env['NODE_COMPILE_CACHE'] = join(resolve(import.meta.dirname, '..', '..'), 'node_modules/.cache/speka-tests')
  placeGatewayBundle()
}
