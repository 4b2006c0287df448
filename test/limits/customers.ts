import { readdirSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { processUsage } from '../../bench/measure/process-usage.ts'
import { atMost, told, type Figure } from '../faults/long-run/figure.ts'
import { ask, type Answered } from './ask.ts'
import type { LimitedGateway } from './limited-gateway.ts'
import { exactly } from './other-rates.ts'
import { brief } from './rate-run.ts'

/** Until then memory grows as with any load: by as much when there is no limit. */
const FIRST = 15_000
const MORE = 5_000
const MANY = FIRST + MORE
const AT_ONCE = 48
const MiB = 1024 * 1024
/** By how much those that come then may let memory grow, over all processes. */
const MOST_GROWTH_MIB = 64
/** Of a request's row, its sums and its budget. */
const MOST_BYTES_EACH = 8192

/** A customer for each request, every one of whom has a budget for himself. */
export async function manyCustomers(limited: LimitedGateway): Promise<readonly Figure[]> {
  const { gateway } = limited
  const set = await limited.speka('limits set --each-customer --usd 1 --reset daily --json')
  const { key } = await limited.createKey('customers', '')
  await limited.inForce()
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const caller = { baseURL: gateway.baseURL, key, agent }
  const endings = new Map<string, number>()
  const count = ({ ending }: Answered): void => void endings.set(ending, (endings.get(ending) ?? 0) + 1)
  const before = bytesIn(gateway.data)
  await atOnce(FIRST, (index) => ask(caller, customer(index)).then(count))
  const first = memoryOf(limited)
  await atOnce(MORE, (index) => ask(caller, customer(FIRST + index)).then(count))
  const all = memoryOf(limited)
  agent.destroy()
  const { id } = JSON.parse(set) as { id: string }
  await limited.speka(`limits remove ${id}`)
  await limited.inForce()
  return [
    exactly(`${MANY} customers with a budget each: answered`, endings.get('complete') ?? 0, MANY),
    told(`  memory of all processes, ${FIRST} of them answered`, `${first.toFixed(0)} MiB`),
    atMost(`  grown by ${MORE} more`, all - first, MOST_GROWTH_MIB, ' MiB'),
    atMost('  bytes in the store, each', (bytesIn(gateway.data) - before) / MANY, MOST_BYTES_EACH),
  ]
}

const customer = (index: number) => brief(`customer-${index}`, { user: `customer-${index}-${crypto.randomUUID()}` })

async function atOnce(times: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const go = async (): Promise<void> => {
    while (next < times) {
      next += 1
      await work(next - 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, go))
}

const memoryOf = ({ gateway }: LimitedGateway): number => (processUsage(gateway.pid())?.rssBytes ?? NaN) / MiB

const bytesIn = (folder: string): number =>
  readdirSync(folder)
    .map((name) => statSync(join(folder, name)).size)
    .reduce((sum, size) => sum + size, 0)
