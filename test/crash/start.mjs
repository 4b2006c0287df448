// `npm run test:crash [-- OPTIONS]`: installs what is missing, then kills gateways from source on the pinned Node.
import { join } from 'node:path'
import { become, install, main, root } from '../../scripts/prepare.mjs'

await main(async () => {
  await install()
  become(['--conditions=@speka/source', join(root, 'test/crash/main.ts'), ...process.argv.slice(2)])
})
