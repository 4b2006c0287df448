// `npm run test:faults [-- OPTIONS]`: installs what is missing, then runs the fault rig from source on the pinned Node.
import { join } from 'node:path'
import { become, install, main, root } from '../../../scripts/prepare.mjs'

await main(async () => {
  await install()
  become(['--conditions=@speka/source', join(root, 'test/faults/long-run/main.ts'), ...process.argv.slice(2)])
})
