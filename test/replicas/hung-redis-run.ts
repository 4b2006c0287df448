import { ask } from '../limits/ask.ts'
import { brief } from '../limits/rate-run.ts'
import { eventually } from '../support/eventually.ts'
import { percentile } from '../faults/long-run/figure.ts'
import type { LimitedReplicas } from './limited-replicas.ts'

/** How long a request with a limited rate takes, in ms. */
export interface HungRedis {
  /** The middle one, while all is well. */
  readonly before: number
  /** The longest of the first ones, as Redis hangs. */
  readonly longest: number
  /** The middle one of those that come then. */
  readonly meanwhile: number
  /** Admitted of those that came while it hung, and those that it could not be known of. */
  readonly admitted: number
  readonly asked: number
}

const WARM = 60
const FIRST = 20
const MORE = 60

/** Asks one replica, one thing after the other, as Redis falls silent. */
export async function runHungRedis(limited: LimitedReplicas): Promise<HungRedis> {
  const { replicas } = limited
  const [replica] = replicas.all
  if (replica === undefined) throw new Error('There is no replica.')
  const { key } = await limited.createKey('hung', '--rpm 3000')
  // At first the database does, until all have reached it for some beats.
  await eventually(async () => {
    const [epoch] = await replicas.read('SELECT life FROM speka.rate_epoch')
    return epoch?.['life'] !== null
  }, 'Redis counts')
  let count = 0
  const askSome = async (times: number) => {
    const answered = []
    for (let time = 0; time < times; time += 1)
      answered.push(await ask({ baseURL: replica.gateway.baseURL, key }, brief(`hung-${(count += 1)}`)))
    return answered
  }
  const before = await askSome(WARM)
  process.kill(replicas.engines.redis.pid, 'SIGSTOP')
  try {
    const first = await askSome(FIRST)
    const more = await askSome(MORE)
    return {
      before: percentile(before.map(took), 0.5),
      longest: Math.max(...first.map(took)),
      meanwhile: percentile(more.map(took), 0.5),
      admitted: [...first, ...more].filter(({ ending }) => ending === 'complete').length,
      asked: FIRST + MORE,
    }
  } finally {
    process.kill(replicas.engines.redis.pid, 'SIGCONT')
  }
}

const took = ({ sentAt, endedAt }: { readonly sentAt: number; readonly endedAt: number }): number => endedAt - sentAt
