import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { SpekaError } from '@speka/core'
import type { CallAsKey } from '../endpoints/call-as-key.ts'
import type { Visit } from '../http/exchange.ts'
import { respondError } from '../http/respond.ts'
import { askWorker } from './ask-workers.ts'
import { DOOR_END_PATH, doorHeaders, type Door } from './worker-door.ts'

/** What is between two ends of one connection, or says who asks where he has come in: not for the next. */
const OWN_HEADERS = new Set([
  'authorization',
  'connection',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-speka-csrf',
])

/**
 * Asks as a key by the workers, in turn, where the engine is theirs: the answer of the one that was asked goes through as it comes. One
 * that does not say where it can be asked is left out.
 */
export function callByWorker(workers: ReadonlySet<Worker>): CallAsKey {
  let turn = 0

  async function doorOfNext(): Promise<Door | undefined> {
    const all = [...workers]
    const first = turn++
    for (let tried = 0; tried < all.length; tried += 1) {
      const worker = all[(first + tried) % all.length]
      const door = worker && (await askWorker<Door>(worker, 'door'))
      if (door !== undefined) return door
    }
    return undefined
  }

  return async (visit, path, keyId) => {
    try {
      const door = await doorOfNext()
      if (door === undefined) throw noWorker()
      await passThrough(door, visit, path, keyId)
      return { answer: { endWith: () => void tellEnd(door, visit.id) } }
    } catch (error) {
      if (visit.response.headersSent || visit.response.destroyed) visit.response.destroy()
      else respondError(visit.response, visit.id, SpekaError.is(error) ? error : noWorker(error))
      return { answer: undefined }
    }
  }
}

/** Resolves once the answer has begun; it goes on by itself. */
async function passThrough(
  { path: socketPath, secret }: Door,
  visit: Visit,
  path: string,
  keyId: string,
): Promise<void> {
  const { id, response } = visit
  const headers = {
    ...withoutOwn(visit.request.headers),
    [doorHeaders.secret]: secret,
    [doorHeaders.key]: keyId,
    [doorHeaders.id]: id,
  }
  const asked = request({ socketPath, method: 'POST', path, headers, agent: false })
  asked.on('error', () => asked.destroy())
  response.once('close', () => asked.destroy())
  if (visit.request.headers.expect !== undefined) response.writeContinue()
  visit.request.pipe(asked)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  response.writeHead(answer.statusCode ?? 502, withoutOwn(answer.headers))
  // One that breaks off breaks off here as well, so that no half of it is taken for the whole.
  pipeline(answer, response, () => {})
}

const withoutOwn = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name)))

/** Has an answer end whose asker is out. A worker that is gone has ended it. */
async function tellEnd({ path: socketPath, secret }: Door, id: string): Promise<void> {
  const headers = { [doorHeaders.secret]: secret, [doorHeaders.id]: id }
  const told = request({ socketPath, method: 'POST', path: DOOR_END_PATH, headers, agent: false })
  told.on('error', () => told.destroy())
  told.on('response', (answer: IncomingMessage) => answer.resume())
  told.end()
}

const noWorker = (cause?: unknown): SpekaError =>
  new SpekaError('server_shutdown', 'No worker of the gateway has answered. Try again in a moment.', { cause })
