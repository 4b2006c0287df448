// `npm start [-- OPTIONS]`: installs and builds what is missing, then `speka start OPTIONS`.
import { join } from 'node:path'
import { become, build, install, main, root } from './prepare.mjs'

await main(async () => {
  await install('server')
  await build()
  become([join(root, 'packages/server/dist/main.js'), 'start', ...process.argv.slice(2)])
})
