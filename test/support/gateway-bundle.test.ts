import { existsSync } from 'node:fs'
import { gatewayBundle } from './gateway-bundle.ts'
import { runProgram } from './run-program.ts'
import { fromSource, node } from './spawn-gateway.ts'

const version = (file: string) => runProgram(node, ['--conditions=@speka/source', file, '--version'])

test('a gateway that is bundled finds what is beside its sources, as one from source does', async () => {
  const bundle = await gatewayBundle()
  // Nobody bundles when it is to run from source.
  const main = bundle?.main ?? fromSource.at(-1) ?? ''
  expect([main, bundle?.watch ?? main].map((file) => existsSync(file))).toEqual([true, true])
  const [bundled, source] = await Promise.all([version(main), version(fromSource.at(-1) ?? '')])
  expect(bundled).toMatchObject({ code: 0, stderr: '' })
  expect(bundled).toEqual(source)
})
