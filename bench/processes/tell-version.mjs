// Loaded with `--import` into every process of a benchmark, whoever wrote it: tells the benchmark which Node it really runs on, and ends
// the process when the benchmark is gone. In a worker thread of such a process it does nothing, and in a process that it has forked
// neither: that one runs on the same Node, and ends with it.
import cluster from 'node:cluster'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && cluster.isPrimary && process.send !== undefined) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel?.unref()
  process.send({ nodeVersion: process.version })
}
