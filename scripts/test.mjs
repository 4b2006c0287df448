// `npm test [-- JEST OPTIONS]`: installs what is missing, then runs Jest on the sources; nothing needs to be built.
import { join } from 'node:path'
import { become, install, main, root } from './prepare.mjs'

await main(async () => {
  await install()
  become([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ])
})
