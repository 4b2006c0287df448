// `npm run bench [-- OPTIONS]`: installs and builds what is missing, then runs the benchmark on the pinned Node.
import { join } from 'node:path'
import { become, build, install, main, root } from '../scripts/prepare.mjs'

await main(async () => {
  await install()
  await build()
  become([join(root, 'bench/main.ts'), ...process.argv.slice(2)])
})
