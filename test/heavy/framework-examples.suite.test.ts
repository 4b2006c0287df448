import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, strangersEnvironment } from '../support/pack-packages.ts'
import { runProgram } from '../support/run-program.ts'
import { spawnGateway, type Gateway } from '../support/spawn-gateway.ts'

const examples = ['langchain-agent', 'langchain-rag', 'llamaindex-rag', 'llamaindex-agent', 'openai-sdk-fallback']
const shown = readFileSync(join(root, 'examples/README.md'), 'utf8')

const run = (example: string, more: NodeJS.ProcessEnv = {}) =>
  runProgram(process.execPath, ['--conditions=@speka/source', `examples/${example}.ts`], {
    cwd: root,
    env: strangersEnvironment(more),
  })

let server: Gateway

beforeAll(async () => {
  server = await spawnGateway()
})
afterAll(() => server?.close())

test.each(examples)('%s runs without a key, and prints what its README shows', async (example) => {
  const { code, stdout, stderr } = await run(example)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(shown).toContain(stdout.trimEnd())
})

test.each(examples)('%s runs against a server', async (example) => {
  const { code, stdout, stderr } = await run(example, { SPEKA_API_KEY: server.key, SPEKA_BASE_URL: server.baseURL })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/cost.* 0\.0/)
})
