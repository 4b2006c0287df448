import { readFileSync } from 'node:fs'
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
  })

  test('ends as a whole when it is asked to', async () => {
    const before = workers()
    expect(await gateway.stop()).toBe(0)
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })
})
