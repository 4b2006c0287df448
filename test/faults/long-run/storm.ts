import { Agent, request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { json, sayHello } from '../../support/scripted-upstream.ts'
import { atMost, percentile, told, type Figure } from './figure.ts'
import type { Options } from './options.ts'
import { openStage, type Stage } from './stage.ts'

const MOST_CALLS = 1.2
const RECOVERED_WITHIN_MS = 10_000

/** Nothing but 503 from every target of a model: how many calls that costs, how long callers wait, when it is over. */
export async function storm({ storm: seconds, rps }: Options, say: (text: string) => void): Promise<Figure[]> {
  const stage = await openStage({ 'm/two': ['faulty', 'twin'] })
  const { faulty } = stage
  const agent = new Agent({ keepAlive: true })
  const no = json({ error: { message: 'no', type: 'x', param: null, code: null } }, 503)
  try {
    faulty.on('*', no)
    const times: number[] = []
    let answered = 0
    const requests = seconds * rps
    const under: Promise<void>[] = []
    const since = performance.now()
    for (let sent = 0; sent < requests; sent += 1) {
      const due = since + (sent * 1000) / rps
      if (due > performance.now()) await wait(due - performance.now())
      under.push(
        ask(stage, agent).then(({ status, ms }) => {
          times.push(ms)
          if (status === 200) answered += 1
        }),
      )
      if ((sent + 1) % (rps * 5) === 0) say(`${(sent + 1) / rps} of ${seconds} s of storm`)
    }
    await Promise.all(under)
    const calls = faulty.seen.length
    faulty.on('*', sayHello)
    const recovered = await recovery(stage, agent)
    return [
      // The first ten are for quiet times, whatever the traffic.
      atMost('upstream calls per request, all 503', (calls - 10) / requests, MOST_CALLS),
      told('  requests, calls, answers', `${requests}, ${calls}, ${answered}`),
      told('  callers were told after, median', `${percentile(times, 0.5).toFixed(1)} ms`),
      told('  and p99', `${percentile(times, 0.99).toFixed(1)} ms`),
      atMost('until all are answered again', recovered, RECOVERED_WITHIN_MS, ' ms'),
    ]
  } finally {
    agent.destroy()
    await stage.close()
  }
}

/** After how many ms ten callers in a row are answered. */
async function recovery(stage: Stage, agent: Agent): Promise<number> {
  const since = performance.now()
  let inARow = 0
  while (inARow < 10 && performance.now() - since < 60_000) {
    const { status } = await ask(stage, agent)
    inARow = status === 200 ? inARow + 1 : 0
    await wait(50)
  }
  return performance.now() - since
}

function ask({ gateway }: Stage, agent: Agent): Promise<{ status: number; ms: number }> {
  const since = performance.now()
  const body = JSON.stringify({ model: 'm/two', messages: [{ role: 'user', content: 'Hello!' }] })
  return new Promise((resolve) => {
    const end = (status: number): void => resolve({ status, ms: performance.now() - since })
    const headers = { authorization: `Bearer ${gateway.key}`, 'content-length': Buffer.byteLength(body) }
    const asking = request(`${gateway.baseURL}/chat/completions`, { agent, method: 'POST', headers }, (response) => {
      response.resume().on('end', () => end(response.statusCode ?? 0))
      response.on('error', () => end(0))
    })
    asking.on('error', () => end(0)).end(body)
  })
}
