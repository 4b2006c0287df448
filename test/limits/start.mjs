// `npm run test:limits [-- OPTIONS]`: installs what is missing, then spends budgets from source on the pinned Node.
import { join } from 'node:path'
import { become, install, main, root } from '../../scripts/prepare.mjs'

await main(async () => {
  await install()
  become(['--conditions=@speka/source', join(root, 'test/limits/main.ts'), ...process.argv.slice(2)])
})
