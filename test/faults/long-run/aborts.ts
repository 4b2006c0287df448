import { setTimeout as wait } from 'node:timers/promises'
import { openRaw, post } from '../../support/raw-http.ts'
import { randomFrom } from '../../support/random-from.ts'
import { delta, event, streamEnd, streamHead, type SeenRequest, type Step } from '../../support/scripted-upstream.ts'
import { atMost, percentile, told, type Figure } from './figure.ts'
import type { Options } from './options.ts'
import { openStage, repeat } from './stage.ts'

const AT_ONCE = 8
const PIECES = 60
const LIMIT_MS = 100

/** Callers that leave at random moments: how soon their upstream is closed, and whether they pay for what they got. */
export async function aborts(
  { aborts: times, seed, patience }: Options,
  say: (text: string) => void,
): Promise<Figure[]> {
  const stage = await openStage({ 'm/*': ['faulty'] })
  const { gateway, faulty } = stage
  const random = randomFrom(seed)
  const delays: number[] = []
  const wrong: string[] = []
  let untold = 0
  try {
    await repeat(
      times,
      AT_ONCE,
      async (index) => {
        const model = `m/${index}`
        faulty.on(model, slowly)
        const client = await openRaw(gateway.origin)
        const body = { model, messages: [{ role: 'user', content: 'Hello!' }], stream: true }
        client.send(post('/v1/chat/completions', gateway.key, body))
        await wait(random() * 120)
        const leftAt = performance.now()
        const id = /x-request-id: (\S+)/.exec(client.received())?.[1]
        const words = client.received().split('"word"').length - 1
        client.destroy()
        const request = await arrivalOf(faulty.seen, model)
        if (request !== undefined) {
          await Promise.race([request.whenClosed(), wait(10_000, undefined, { ref: false })])
          delays.push((request.closed?.at ?? Infinity) - leftAt)
        }
        if (id === undefined) untold += 1
        else if (!(await isOnRecord(gateway, id, words))) wrong.push(`${model}: ${id}, ${words} words`)
      },
      (done) => {
        if (done % 100 === 0 || done === times) say(`${done} of ${times} callers have left`)
      },
    )
  } finally {
    await stage.close()
  }
  for (const line of wrong.slice(0, 10)) say(`not on record as it should be: ${line}`)
  return [
    atMost('caller leaves → upstream closed, p99', percentile(delays, 0.99), LIMIT_MS * patience, ' ms'),
    told('  median', `${percentile(delays, 0.5).toFixed(2)} ms`),
    told('  most', `${percentile(delays, 1).toFixed(2)} ms`),
    {
      name: 'not on record, or charged too little',
      value: `${wrong.length} of ${times - untold}`,
      wanted: '0',
      reached: wrong.length === 0,
    },
  ]
}

const slowly: Step[] = [
  streamHead,
  { sleepMs: 10 },
  ...Array.from({ length: PIECES }, (_, index): Step[] => [event(delta('word', index === 0)), { sleepMs: 3 }]).flat(),
  'hang',
  ...streamEnd(),
]

/** A request may still be on its way, or may never have been sent. */
async function arrivalOf(seen: readonly SeenRequest[], model: string): Promise<SeenRequest | undefined> {
  for (let look = 0; look < 20; look += 1) {
    const found = seen.findLast((request) => request.model === model)
    if (found !== undefined) return found
    await wait(5)
  }
  return undefined
}

async function isOnRecord(gateway: { baseURL: string; key: string }, id: string, words: number): Promise<boolean> {
  const deadline = performance.now() + 5000
  while (performance.now() < deadline) {
    const response = await fetch(`${gateway.baseURL}/generation?id=${id}`, {
      headers: { authorization: `Bearer ${gateway.key}` },
    })
    const record = (await response.json()) as { outcome?: string; cost_pico?: string }
    if (response.status === 200)
      return record.outcome === 'cancelled' && BigInt(record.cost_pico ?? -1) >= BigInt(words) * 2_000_000n
    await wait(20)
  }
  return false
}
