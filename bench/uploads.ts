// `npm run bench -- uploads`: how much memory a gateway takes while long recordings go through it, beside short ones.
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spawnGateway, type Gateway } from '../test/support/spawn-gateway.ts'
import { Figures } from './ledger/figures.ts'
import { processUsage } from './measure/process-usage.ts'
import { median } from './measure/statistics.ts'

const MIB = 1024 * 1024
const SHORT_BYTES = 2 * MIB
const LONG_BYTES = 25 * MIB
/** About as many bytes of the one as of the other. */
const SHORT_ONES = 125
const LONG_ONES = 10
const WARM_UP = 4
const ROUNDS = 5
const SAMPLE_MS = 5
const PIECE = Buffer.alloc(64 * 1024, 'wave')

const upstream = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"text":"Hello there.","usage":{"type":"duration","seconds":3}}')
  })
})
await once(upstream.listen(0, '127.0.0.1'), 'listening')
const base_url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`

const figures = new Figures()
const gateway = await spawnGateway(
  {
    providers: { lab: { type: 'openai-compatible', base_url, api_key: 'a-key-of-lab' } },
    models: { whisper: { targets: [{ provider: 'lab' }], endpoints: ['transcription'], price: { second: '0.0001' } } },
  },
  { built: true, unwatched: true },
)
try {
  const pid = gateway.pid()
  // A process takes more and more as it warms up, whatever it does: each length is set beside the other, with as many bytes.
  await times(WARM_UP * SHORT_ONES, () => upload(gateway, SHORT_BYTES, false))
  for (const isLast of [false, true]) {
    const more: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const short = await highest(pid, () => times(SHORT_ONES, () => upload(gateway, SHORT_BYTES, false)))
      const long = await highest(pid, () => times(LONG_ONES, () => upload(gateway, LONG_BYTES, isLast)))
      more.push((long - short) / MIB)
    }
    const order = isLast ? 'the model last' : 'the model first'
    figures.say(`25 MiB, ${order}: more in RAM than for 2 MiB`, median(more), 'MiB', { atMost: 2 })
  }
  figures.say('in RAM then', (processUsage(pid)?.rssBytes ?? 0) / MIB, 'MiB')
  const began = processUsage(pid)?.cpuSeconds ?? 0
  await times(10, () => upload(gateway, LONG_BYTES, false))
  figures.say('CPU of 25 MiB', (((processUsage(pid)?.cpuSeconds ?? 0) - began) / 10) * 1000, 'ms')
} finally {
  await gateway.close()
  upstream.close()
  upstream.closeAllConnections()
}
process.exitCode = figures.missed === 0 ? 0 : 1

/** The most memory that a process had in RAM while something was done, in bytes. */
async function highest(pid: number, work: () => Promise<void>): Promise<number> {
  let most = 0
  const sampling = setInterval(() => {
    most = Math.max(most, processUsage(pid)?.rssBytes ?? 0)
  }, SAMPLE_MS)
  await work()
  clearInterval(sampling)
  return most
}

async function times(count: number, work: () => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index += 1) await work()
}

/** Sends a form as fast as it is taken, and waits for its answer. */
async function upload({ origin, key }: Gateway, bytes: number, isModelLast: boolean): Promise<void> {
  const request = httpRequest(`${origin}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=edge' },
  })
  const replied = once(request, 'response') as Promise<[IncomingMessage]>
  const model = '--edge\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper\r\n'
  const file = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
  request.write(isModelLast ? file : model + file)
  for (let left = bytes; left > 0; left -= PIECE.length) if (!request.write(PIECE)) await once(request, 'drain')
  request.end(`\r\n${isModelLast ? model : ''}--edge--\r\n`)
  const [response] = await replied
  if (response.statusCode !== 200) throw new Error(`It was answered with ${response.statusCode}.`)
  await once(response.resume(), 'end')
}
