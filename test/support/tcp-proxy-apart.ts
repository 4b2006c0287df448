import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LineState, TcpProxy } from './tcp-proxy.ts'

/** What the thread of a line is told. */
export type LineOrder =
  | { readonly set: LineState }
  | { readonly delay: number }
  | { readonly cut: true }
  | { readonly close: true }

export interface LineData {
  readonly to: number
  /** How many connections are open, and how many orders were carried out. */
  readonly shared: SharedArrayBuffer
}

export const CONNECTIONS = 0
export const CARRIED_OUT = 1

/** How long a thread may take to carry out an order, in ms. */
const PATIENCE_MS = 30_000

/** A {@link TcpProxy} in a thread of its own: what else this process does, such as being a crowd of clients, does not slow the line down. */
export async function openTcpProxyApart(to: number): Promise<TcpProxy> {
  const data: LineData = { to, shared: new SharedArrayBuffer(8) }
  const shared = new Int32Array(data.shared)
  const thread = new Worker(new URL('tcp-proxy-thread.ts', import.meta.url), { workerData: data })
  // Where the thread fails, this rejects.
  const [port] = (await once(thread, 'message')) as [number]
  thread.unref()
  const ended = once(thread, 'exit')

  /** As with a line in this thread, it is so when this returns. */
  function tell(order: LineOrder): void {
    const before = Atomics.load(shared, CARRIED_OUT)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread.postMessage(order)
    if (Atomics.wait(shared, CARRIED_OUT, before, PATIENCE_MS) === 'timed-out')
      throw new Error('The thread of a line does not do what it is told.')
  }

  return {
    port,
    get connections() {
      return Atomics.load(shared, CONNECTIONS)
    },
    set: (state) => tell({ set: state }),
    delay: (ms) => tell({ delay: ms }),
    cut: () => tell({ cut: true }),
    async close() {
      thread.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      thread.postMessage({ close: true } satisfies LineOrder)
      await ended
    },
  }
}
