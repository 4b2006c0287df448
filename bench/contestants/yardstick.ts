import { join } from 'node:path'
import { startProcess } from '../processes/start-process.ts'
import type { Entrant } from './contestant.ts'

/** What everybody is compared with. */
export const yardstick: Entrant = {
  name: 'yardstick',
  title: 'Yardstick',
  async start({ upstreamPort, core, workers, folder }) {
    const script = join(import.meta.dirname, '..', 'yardstick.ts')
    const args = [script, `http://127.0.0.1:${upstreamPort}`, `${workers}`]
    const process = await startProcess({ name: 'yardstick', args, core, folder })
    const { port } = (await process.hear(10_000)) as { port: number }
    return { name: 'yardstick', process, endpoint: { port, headers: { authorization: 'Bearer sk-bench' } } }
  },
}
