import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { json, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { responseOf, said } from '../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { plainEnvironment } from './support/plain-environment.ts'
import { runProgram } from './support/run-program.ts'
import { node, spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const examples = join(resolve(import.meta.dirname, '..'), 'examples')
const page = readFileSync(join(examples, 'README.md'), 'utf8')

/** What the page says that a program prints: the block of its section that is no command. */
function printedAccordingToPage(name: string): string | undefined {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${name}\n`))
  return /^```\n([^]*?)^```$/m.exec(section?.replaceAll(/^```sh\n[^]*?^```$/gm, '') ?? '')?.[1]
}

const run = (name: string, ...args: string[]) =>
  runProgram(node, [join(examples, name), ...args], {
    env: { ...plainEnvironment(), SPEKA_BASE_URL: gateway.baseURL, SPEKA_API_KEY: gateway.key },
  })

/** Keeps responses, as OpenAI does. */
let upstream: ScriptedUpstream
let gateway: Gateway
beforeAll(async () => {
  upstream = await startScriptedUpstream(({ body }) => {
    const { previous_response_id: before = 'nothing' } = JSON.parse(body) as { previous_response_id?: string }
    return json(responseOf([said(`After ${before}.`)], { id: 'resp_upstream', store: true }))
  })
  gateway = await spawnGateway({
    providers: { openai: { type: 'openai', base_url: upstream.baseURL, api_key: 'k' } },
    models: { 'gpt-5.6': { targets: [{ provider: 'openai' }], price: { input: '1', output: '2' } } },
  })
})
afterAll(async () => {
  await gateway?.close()
  await upstream?.close()
})

test.each(['messages.mjs', 'go-on-with-a-response.mjs', 'speak-and-transcribe.mjs'])(
  '%s prints what the page says',
  async (name) => {
    const { code, stdout, stderr } = await run(name)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.replaceAll(tmpdir(), '/tmp')).toBe(printedAccordingToPage(name))
  },
)

test('a conversation goes on by the id of a response where the provider keeps it', async () => {
  const { code, stdout, stderr } = await run('go-on-with-a-response.mjs', 'gpt-5.6')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.split('\n').slice(0, 2)).toEqual(['After nothing.', 'After resp_upstream.'])
})
