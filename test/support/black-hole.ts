import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

/** A port on which connecting takes for ever: somebody listens, and never takes a connection. */
export interface BlackHole {
  readonly port: number
  close(): Promise<void>
}

/** Listens, and then stops its thread for good: what connects waits in the kernel's queue, which has room for two. */
const listener = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(workerData, 0, 0)
    process.exit()
  })`

/** Once full the kernel no longer answers; this many are enough for any. */
const MOST_WAITING = 16
const ANSWERED_WITHIN_MS = 500

export async function openBlackHole(): Promise<BlackHole> {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(listener, { eval: true, workerData: flag })
  worker.unref()
  const [port] = (await once(worker, 'message')) as [number]
  const waiting: Socket[] = []
  const close = async (): Promise<void> => {
    for (const socket of waiting) socket.destroy()
    Atomics.store(flag, 0, 1)
    Atomics.notify(flag, 0)
    await worker.terminate()
  }
  while (waiting.length < MOST_WAITING) {
    const socket = connect(port, '127.0.0.1').unref()
    socket.on('error', () => {})
    waiting.push(socket)
    const connected = once(socket, 'connect').then(() => true)
    if (!(await Promise.race([connected, wait(ANSWERED_WITHIN_MS, false)]))) return { port, close }
  }
  await close()
  throw new Error('The kernel takes more connections than it was told to: nothing here can be made to wait.')
}
