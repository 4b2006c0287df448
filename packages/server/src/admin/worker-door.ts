import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpekaError, type RequestId } from '@speka/core'
import type { CallAsKey, UnderWay } from '../endpoints/call-as-key.ts'
import { sameDigest } from '../keys/key-digest.ts'

/** Where the supervisor comes in, and how it shows that it is it. */
export interface Door {
  /** A socket in a folder that nobody else may enter, or a pipe on Windows. */
  readonly path: string
  readonly secret: string
}

/** What the supervisor says beside the request: who it is, as which key it asks, and what the request is called. */
export const doorHeaders = {
  secret: 'x-speka-door-secret',
  key: 'x-speka-door-key',
  id: 'x-speka-door-id',
} as const

/** Where it says that who has asked is out, so that his answer ends. */
export const DOOR_END_PATH = '/end'

const noQuery = new URLSearchParams()

/**
 * A way into a worker for its supervisor alone, which has the operator's listener and no engine: it asks as a key without showing it,
 * as `CallAsKey` does within one process. It is opened when it is first asked for.
 */
export function workerDoor(callAsKey: CallAsKey): () => Promise<Door> {
  let opened: Promise<Door> | undefined
  return () => (opened ??= openDoor(callAsKey))
}

async function openDoor(callAsKey: CallAsKey): Promise<Door> {
  const secret = randomBytes(32).toString('base64url')
  const underWay = new Map<string, UnderWay>()

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const said = (name: string): string => String(request.headers[name] ?? '')
    const { url: path = '' } = request
    if (!sameDigest(said(doorHeaders.secret), secret)) return end(response, 403)
    const id = said(doorHeaders.id) as RequestId
    if (path === DOOR_END_PATH) {
      underWay.get(id)?.answer?.endWith(new SpekaError('invalid_api_key', 'You are signed out. Sign in again.'))
      return end(response, 204)
    }
    response.once('close', () => underWay.delete(id))
    const key = said(doorHeaders.key)
    // None of them is for who answers.
    for (const name of Object.values(doorHeaders)) delete request.headers[name]
    const visit = { id, receivedAt: Date.now(), request, response, path, query: noQuery }
    const begun = await callAsKey(visit, path, key)
    if (!response.writableEnded && !response.destroyed) underWay.set(id, begun)
  }

  const server = createServer((request, response) => void take(request, response))
  // A worker that stops waits for what is under way, and not for who might come.
  server.unref()
  const path = doorPath()
  server.listen({ path, exclusive: true })
  await once(server, 'listening')
  return { path, secret }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end()
}

function doorPath(): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\speka-${randomBytes(16).toString('hex')}`
  // Made for this user alone.
  const folder = mkdtempSync(join(tmpdir(), 'speka-worker-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'door')
}
