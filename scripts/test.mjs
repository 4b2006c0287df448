// `npm test [-- JEST OPTIONS]`: installs what is missing, then runs Jest on the sources; nothing needs to be built.
import { join } from 'node:path'
import { become, install, main, root } from './prepare.mjs'

await main(async () => {
  await install()
  become([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    // V8's own cache keeps all that a test file has loaded alive, some 10 MB each, until a process has gigabytes of them.
    // `test/support/compiled-once.ts` is in its place.
    '--no-compilation-cache',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ])
})
