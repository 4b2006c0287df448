import { Agent, request as httpRequest } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import type { LedgerOwner, LedgerReport } from '../packages/server/src/store/store.ts'
import { eventually } from './support/eventually.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'
import { randomFrom } from './support/random-from.ts'
import { sayHello, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'

const CLIENTS = 12
/** So many at least, since a test of nothing proves nothing. */
const ANSWERS_A_ROUND = 30
/** A kill comes at random within so long after them: commits follow each other within milliseconds. */
const MOST_MS_MORE = 100
const SEED = Number(process.env['SPEKA_TEST_SEED'] ?? 7735)

/** What clients saw: the ids of the answers that were complete, and how many were not. */
interface Seen {
  readonly complete: string[]
  broken: number
}

/** One request; resolves with the id of the answer when it was complete, whatever became of the gateway. */
function ask(gateway: Gateway, agent: Agent, model: string, stream: boolean): Promise<string | undefined> {
  return new Promise((resolve) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Count to five.' }], stream })
    const request = httpRequest(
      `${gateway.baseURL}/chat/completions`,
      {
        agent,
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.key}`, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('close', () => {
          const whole = response.complete && response.statusCode === 200 && (!stream || text.includes('data: [DONE]'))
          resolve(whole ? String(response.headers['x-request-id']) : undefined)
        })
        response.on('error', () => {})
      },
    )
    request.on('error', () => resolve(undefined))
    request.end(body)
  })
}

/** Clients that ask one thing after the other until told to stop. */
function startLoad(gateway: Gateway, seen: Seen): { stop(): Promise<void> } {
  const agent = new Agent({ keepAlive: true })
  const load = { going: true }
  const models = ['speka/sandbox', 'scripted/echo']
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = client; load.going; count += 1) {
      const id = await ask(gateway, agent, models[count % 2] ?? '', count % 4 < 2)
      if (id === undefined) {
        seen.broken += 1
        await wait(5)
      } else seen.complete.push(id)
    }
  })
  return {
    async stop() {
      load.going = false
      await Promise.all(clients)
      agent.destroy()
    },
  }
}

interface Reconciled {
  readonly lost: readonly string[]
  /** Found, but without the right outcome or a cost. */
  readonly wrong: readonly string[]
}

interface Rows {
  readonly report: LedgerReport
  readonly owners: readonly LedgerOwner[]
}

/** Looks every id up in the ledger, through the API. */
async function reconcile(gateway: Gateway, ids: readonly string[]): Promise<Reconciled> {
  const lost: string[] = []
  const wrong: string[] = []
  const left = [...ids]
  const look = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const response = await fetch(`${gateway.baseURL}/generation?id=${id}`, {
        headers: { authorization: `Bearer ${gateway.key}` },
      })
      const record = (await response.json()) as { id?: string; outcome?: string; cost_pico?: string }
      if (response.status !== 200) lost.push(id)
      else if (record.id !== id || record.outcome !== 'complete' || !(BigInt(record.cost_pico ?? 0) > 0n))
        wrong.push(id)
    }
  }
  await Promise.all(Array.from({ length: 16 }, look))
  return { lost, wrong }
}

let upstream: ScriptedUpstream
let gateway: Gateway | undefined

beforeAll(async () => {
  upstream = await startScriptedUpstream(sayHello)
})

afterEach(() => gateway?.close())

afterAll(() => upstream?.close())

const config = (durability: 'strict' | 'relaxed'): object => ({
  providers: { scripted: { type: 'openai-compatible', base_url: upstream.baseURL, api_key: 'k' } },
  models: { 'scripted/*': { targets: [{ provider: 'scripted' }], price: { input: '1', output: '2' } } },
  ledger: { durability },
})

/** Kills the gateway under load, and starts it on the same data again. */
async function killOnce(gateway: Gateway, seen: Seen, random: () => number): Promise<void> {
  const before = seen.complete.length
  const load = startLoad(gateway, seen)
  await eventually(() => seen.complete.length > before + ANSWERS_A_ROUND, 'enough is answered')
  await wait(random() * MOST_MS_MORE)
  await gateway.kill()
  await load.stop()
  await gateway.restart()
}

/** What the rows tell by themselves, and the processes that wrote them. */
async function lookAtRows(data: string): Promise<Rows> {
  const { ledger, close } = await storeIn(data).open()
  const rows = { report: await ledger.verify(), owners: await ledger.owners() }
  await close()
  return rows
}

const say = (durability: string, { seen, lost, wrong }: { seen: Seen } & Reconciled): void =>
  void process.stdout.write(
    `kill -9 (${durability}, seed ${SEED}): ${seen.complete.length} complete, ${seen.broken} broken, ${lost.length} lost, ${wrong.length} wrong\n`,
  )

test('no answer that was complete is missing from the ledger after twenty kills', async () => {
  const random = randomFrom(SEED)
  const seen: Seen = { complete: [], broken: 0 }
  gateway = await spawnGateway(config('strict'), { unwatched: true })
  for (let count = 0; count < 20; count += 1) await killOnce(gateway, seen, random)
  const { lost, wrong } = await reconcile(gateway, seen.complete)
  const { report, owners } = await lookAtRows(gateway.data)
  say('strict', { seen, lost, wrong })
  expect(lost).toEqual([])
  expect(wrong).toEqual([])
  // Twenty were killed, and the last is still there; each has its rows without a gap.
  expect(owners.map(({ ended }) => ended?.how)).toEqual([
    ...Array.from({ length: 20 }, () => 'process_gone'),
    undefined,
  ])
  expect(report.rows).toBeGreaterThanOrEqual(seen.complete.length)
  expect(report.problems).toEqual([])
  expect(new Set(seen.complete).size).toBe(seen.complete.length)
  // The test is worth something only if a lot was under way.
  expect(seen.broken).toBeGreaterThan(20)
}, 900_000)

test('the same test finds what a ledger that is not strict loses', async () => {
  const random = randomFrom(SEED)
  const seen: Seen = { complete: [], broken: 0 }
  gateway = await spawnGateway(config('relaxed'), { unwatched: true })
  let found: Reconciled = { lost: [], wrong: [] }
  // The first kill does it nearly always, but one may come when all is on disk.
  for (let kills = 0; kills < 6 && found.lost.length === 0; kills += 1) {
    await killOnce(gateway, seen, random)
    found = await reconcile(gateway, seen.complete)
  }
  say('relaxed', { seen, ...found })
  expect(found.lost.length).toBeGreaterThan(0)
})
