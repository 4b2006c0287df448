import { parentPort, workerData } from 'node:worker_threads'
import { openTcpProxy } from './tcp-proxy.ts'
import { CARRIED_OUT, CONNECTIONS, type LineData, type LineOrder } from './tcp-proxy-apart.ts'

const { to, shared: buffer } = workerData as LineData
const shared = new Int32Array(buffer)
const line = await openTcpProxy(to, (connections) => Atomics.store(shared, CONNECTIONS, connections))

parentPort?.on('message', (order: LineOrder) => {
  if ('set' in order) line.set(order.set)
  else if ('delay' in order) line.delay(order.delay)
  else if ('cut' in order) line.cut()
  else void line.close().then(() => parentPort?.close())
  Atomics.add(shared, CARRIED_OUT, 1)
  Atomics.notify(shared, CARRIED_OUT)
})
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(line.port)
