// `npm run bench [-- OPTIONS]`: installs and builds what is missing, then runs the benchmark on the pinned Node.
// `npm run bench -- langchain [OPTIONS]`: runs the one of LangChain's models instead, from source.
// `npm run bench -- billing [OPTIONS]`: times invoices of a large ledger.
// `npm run bench -- console [OPTIONS]`: times the console's pages on a large ledger, in Chromium.
// `npm run bench -- dialects [OPTIONS]`: sets streams of other dialects that go through beside those of chat.
// `npm run bench -- ledger [OPTIONS]`: times reports on a large ledger.
// `npm run bench -- limits [OPTIONS]`: sets a key with limits beside one without.
// `npm run bench -- postgres [OPTIONS]`: what PostgreSQL beneath the gateway costs, and what it carries.
// `npm run bench -- reconcile [OPTIONS]`: holds a large export against a large ledger.
// `npm run bench -- uploads`: what long files take of the gateway's memory.
// `npm run bench -- against REF [OPTIONS]`: sets this checkout beside an earlier commit.
import { join } from 'node:path'
import { become, build, install, main, root } from '../scripts/prepare.mjs'

await main(async () => {
  const [first, ...others] = process.argv.slice(2)
  await install()
  if (first === 'langchain') {
    become(['--conditions=@speka/source', join(root, 'bench/langchain.ts'), ...others])
    return
  }
  if (first === 'billing') {
    become(['--conditions=@speka/source', join(root, 'bench/billing.ts'), ...others])
    return
  }
  await build()
  if (first === 'against') become([join(root, 'bench/against.ts'), ...others])
  else if (
    first === 'console' ||
    first === 'dialects' ||
    first === 'ledger' ||
    first === 'limits' ||
    first === 'postgres' ||
    first === 'reconcile' ||
    first === 'uploads'
  )
    become(['--conditions=@speka/source', join(root, `bench/${first}.ts`), ...others])
  else become([join(root, 'bench/main.ts'), ...process.argv.slice(2)])
})
