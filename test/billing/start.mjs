// `npm run test:billing [-- OPTIONS]`: installs what is missing, then lives through a year of invoices from source on the pinned Node.
import { join } from 'node:path'
import { become, install, main, root } from '../../scripts/prepare.mjs'

await main(async () => {
  await install()
  become(['--conditions=@speka/source', join(root, 'test/billing/main.ts'), ...process.argv.slice(2)])
})
