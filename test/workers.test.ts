import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { eventually } from './support/eventually.ts'
import { PATIENCE_MS } from './support/patience.ts'
import { spawnGateway, type Gateway } from './support/spawn-gateway.ts'

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('a gateway of two workers', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await spawnGateway({}, { args: ['--workers', '2'] })
    await eventually(() => workers().length === 2, 'both workers run')
  })

  afterAll(() => gateway?.close())

  const workers = (): number[] => childrenOf(gateway.pid())

  const ask = async (withinMs = PATIENCE_MS): Promise<string> => {
    const response = await fetch(`${gateway.baseURL}/chat/completions`, {
      method: 'POST',
      signal: AbortSignal.timeout(withinMs),
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(response.status).toBe(200)
    await response.json()
    return response.headers.get('x-request-id') ?? ''
  }

  /** Whether anybody answers soon. */
  const answers = (): Promise<boolean> => ask(2000).then(Boolean, () => false)

  test('keeps one ledger: what either answered is found through either', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => ask()))
    for (const id of ids) {
      const found = await fetch(`${gateway.baseURL}/generation?id=${id}`, {
        headers: { authorization: `Bearer ${gateway.key}`, connection: 'close' },
      })
      expect(await found.json()).toMatchObject({ id, outcome: 'complete', cost_pico: expect.stringMatching(/^\d+$/) })
    }
  })

  test('replaces a worker that breaks', async () => {
    const [victim = 0, survivor = 0] = workers()
    // On a busy machine the survivor may not listen yet, which it must when it is left alone.
    process.kill(victim, 'SIGSTOP')
    await eventually(answers, 'the survivor answers')
    process.kill(victim, 'SIGKILL')
    const replaced = (): boolean => workers().length === 2 && !workers().includes(victim)
    await eventually(replaced, 'another takes its place')
    expect(workers()).toContain(survivor)
    await ask()
    const { ledger, close } = await storeIn(gateway.data).open()
    const ended = async (pid: number) => (await ledger.owners()).find((owner) => owner.pid === pid)?.ended !== undefined
    await eventually(() => ended(victim), 'the end of its owner is written down')
    expect(await ended(survivor)).toBe(false)
    expect((await ledger.verify()).problems).toEqual([])
    await close()
  })

  test('ends as a whole when it is asked to', async () => {
    const before = workers()
    expect(await gateway.stop()).toBe(0)
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})

/** A module that ends the first `times` workers that load it, before they can say anything. */
function crashing(times: number): { NODE_OPTIONS: string } {
  const folder = mkdtempSync(join(tmpdir(), 'speka-crash-'))
  const left = JSON.stringify(join(folder, 'left'))
  const module = join(folder, 'crash.mjs')
  writeFileSync(join(folder, 'left'), String(times))
  writeFileSync(
    module,
    `import { readFileSync, writeFileSync } from 'node:fs'
    if (process.env.SPEKA_WORKER_GREETS !== undefined) {
      const left = Number(readFileSync(${left}, 'utf8'))
      writeFileSync(${left}, String(left - 1))
      if (left > 0) process.kill(process.pid, 'SIGKILL')
    }`,
  )
  return { NODE_OPTIONS: `--import=${pathToFileURL(module).href}` }
}

onLinux('a worker that dies while it starts', () => {
  test('is tried again after a pause that grows, the first of all too, and whoever starts first makes the keys', async () => {
    const gateway = await spawnGateway({ keys: undefined }, { args: ['--workers', '2'], env: crashing(2) })
    await eventually(() => childrenOf(gateway.pid()).length === 2, 'both workers run')
    expect(gateway.logs()).toMatch(/while it started, with SIGKILL; another takes its place in 1 s\./)
    expect(gateway.logs()).toMatch(/while it started, with SIGKILL; another takes its place in 2 s\./)
    await eventually(() => gateway.logs().includes('Your first keys.'), 'the keys are shown')
    expect(await gateway.stop()).toBe(0)
    await gateway.close()
  })

  test('for a reason that the operator has to mend ends the gateway, which says why once', async () => {
    const failure: unknown = await spawnGateway({ timeouts: { connect: 1 } }, { args: ['--workers', '2'] }).catch(
      (error: unknown) => error,
    )
    expect(String(failure)).toContain('ended with 1')
    expect(String(failure).match(/timeouts\.connect: is not a known field/g)).toHaveLength(1)
  })
})
