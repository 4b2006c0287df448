import assert from 'node:assert'
import { BroadcastChannel, workerData } from 'node:worker_threads'

// The database thread, with a way to get it into trouble: a test says what on the channel named after its database.
// Listening comes before opening, so that a test cannot be too early.
const channel = new BroadcastChannel((workerData as { path: string }).path)
channel.unref()
const { db } = await import('../thread/worker.ts')

channel.onmessage = (message: unknown) => {
  const { trouble } = (message as { data: { trouble: 'die' | 'full' | 'room' } }).data
  if (trouble === 'die') setImmediate(() => assert.fail('the thread dies of this'))
  // Pages that migrations have freed would be filled first.
  if (trouble === 'full') db?.exec('VACUUM')
  const pages = Number(db?.prepare('PRAGMA page_count').get()?.['page_count'])
  db?.exec(`PRAGMA max_page_count = ${trouble === 'full' ? pages : 1_000_000}`)
  channel.postMessage('done')
}
