import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { plainEnvironment } from './support/plain-environment.ts'
import { runProgram } from './support/run-program.ts'
import { node, spawnGateway, type Gateway } from './support/spawn-gateway.ts'

const examples = join(resolve(import.meta.dirname, '..'), 'examples')
const page = readFileSync(join(examples, 'README.md'), 'utf8')

let gateway: Gateway
beforeEach(async () => {
  gateway = await spawnGateway()
})
afterEach(() => gateway.close())

/** What a program needs, and nothing of the machine's. */
const environment = () => ({
  ...plainEnvironment(),
  SPEKA_BASE_URL: gateway.baseURL,
  SPEKA_ADMIN_URL: gateway.adminOrigin,
  SPEKA_ADMIN_TOKEN: gateway.adminToken,
})

/** What the page says that a program prints: the block of its section that is no command. */
function printedAccordingToPage(name: string): string | undefined {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${name}\n`))
  return /^```\n([^]*?)^```$/m.exec(section?.replaceAll(/^```sh\n[^]*?^```$/gm, '') ?? '')?.[1]
}

/** Ids and keys differ from run to run. */
const withoutChance = (printed = ''): string =>
  printed.replaceAll(/\b(team|key)_\w+/g, '$1_…').replaceAll(/\bsk-speka-live-\w+/g, 'sk-speka-live-…')

async function manage(path: string, body: object): Promise<{ id: string; key: string }> {
  const headers = { authorization: `Bearer ${gateway.adminToken}`, 'content-type': 'application/json' }
  const response = await fetch(`${gateway.adminOrigin}/api/v1${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return (await response.json()) as { id: string; key: string }
}

async function ask(key: string, model = 'speka/sandbox'): Promise<void> {
  const response = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello!' }] }),
  })
  await response.text()
}

const isThere = (program: string): boolean => {
  const there = spawnSync(program, ['--version']).status === 0
  if (!there) process.stderr.write(`${program} is not installed: its example is not run.\n`)
  return there
}
const withPython = isThere('python3') ? test : test.skip
const withCurl = isThere('curl') && isThere('bash') ? test : test.skip

withPython('usage by team is what the page says', async () => {
  const { id: team } = await manage('/teams', { name: 'research' })
  const { key } = await manage('/keys', { name: 'research', team })
  await ask(key)
  await ask(key)
  await ask(gateway.key)
  const ended = await runProgram('python3', [join(examples, 'usage-by-team.py')], { env: environment() })
  expect(ended).toEqual({ code: 0, stderr: '', stdout: printedAccordingToPage('usage-by-team.py') })
})

withCurl('a key is made with curl as the page says, and answers', async () => {
  const ended = await runProgram('bash', [join(examples, 'make-key.sh'), 'research'], { env: environment() })
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  expect(withoutChance(ended.stdout)).toBe(printedAccordingToPage('make-key.sh'))
  const key = /^key +(\S+)$/m.exec(ended.stdout)?.[1]
  const models = await fetch(`${gateway.baseURL}/models`, { headers: { authorization: `Bearer ${key}` } })
  expect(await models.json()).toMatchObject({ data: [{ id: 'speka/sandbox' }] })
})

test.each(['key-with-budget.mjs', 'limit-per-customer.mjs'])(
  '%s spends, is refused, and prints what the page says',
  async (name) => {
    const ended = await runProgram(node, [join(examples, name)], { env: environment() })
    expect(ended).toEqual({ code: 0, stderr: '', stdout: printedAccordingToPage(name) })
  },
)

test('accounts and their customers are billed as the page says', async () => {
  const name = 'bill-your-customers.mjs'
  const ended = await runProgram(node, [join(examples, name)], { env: environment() })
  expect([ended.code, ended.stderr]).toEqual([0, ''])
  // What depends on how much of the month is left, of the account that pays a fee: the first of each.
  const printed = ['fee starter: ', 'allowance of ', 'total '].reduce(
    (text, before) => text.replace(new RegExp(`${before}[\\d.]+`), `${before}…`),
    ended.stdout,
  )
  expect(printed).toBe(printedAccordingToPage(name))
})

test('the live tail is what the page says', async () => {
  const child = spawn(node, [join(examples, 'live-requests.mjs'), '2'], { env: environment() })
  const printed = text(child.stdout)
  const complaints = text(child.stderr)
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  await ask(gateway.key)
  await ask(gateway.key, 'speka/sandbox:400')
  expect([await complaints, await printed]).toEqual(['', printedAccordingToPage('live-requests.mjs')])
})
