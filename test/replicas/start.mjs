// `npm run test:replicas [-- JEST OPTIONS]`: the suites that stand on PostgreSQL and Redis.
// `npm run test:replicas -- --long [OPTIONS]`: three replicas for hours, and what came of it as a table.
import { join } from 'node:path'
import { become, install, main, root } from '../../scripts/prepare.mjs'

await main(async () => {
  const args = process.argv.slice(2)
  await install()
  if (args.includes('--long')) {
    become(['--conditions=@speka/source', join(root, 'test/replicas/main.ts'), ...args])
    return
  }
  become([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    join(root, 'jest.replicas.config.ts'),
    ...args,
  ])
})
