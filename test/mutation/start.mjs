// `npm run test:mutation [-- OPTIONS]`: installs what is missing, then runs the mutants on the pinned Node.
import { join } from 'node:path'
import { become, install, main, root } from '../../scripts/prepare.mjs'

await main(async () => {
  await install()
  become(['--disable-warning=ExperimentalWarning', join(root, 'test/mutation/main.ts'), ...process.argv.slice(2)])
})
