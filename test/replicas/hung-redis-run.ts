import { ask, type Answered } from '../limits/ask.ts'
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
  /** The last of many that come at once, at all replicas: while all is well, as Redis hangs, and the next many then. */
  readonly crowd: { readonly before: number; readonly first: number; readonly next: number }
  /** How often another began to count, of both times that it hung. */
  readonly changes: number
  /** Admitted of those that came while it hung, and how many those were. */
  readonly admitted: number
  readonly asked: number
}

const WARM = 60
const FIRST = 20
const MORE = 60
/** How many come at once. */
const CROWD = 45
const CROWDS_BEFORE = 5

/** Asks one replica, one thing after the other, as Redis falls silent; then all of them many things at once, as it does so again. */
export async function runHungRedis(limited: LimitedReplicas): Promise<HungRedis> {
  const { replicas } = limited
  const [replica] = replicas.all
  if (replica === undefined) throw new Error('There is no replica.')
  const { key } = await limited.createKey('hung', '--rpm 3000')
  const epochOf = async (): Promise<{ life: unknown; epoch: number }> => {
    const [row] = await replicas.read('SELECT life, epoch FROM speka.rate_epoch')
    return { life: row?.['life'], epoch: Number(row?.['epoch']) }
  }
  // At first the database does, until all have reached it for some beats.
  const redisCounts = () => eventually(async () => (await epochOf()).life !== null, 'Redis counts')
  let count = 0
  const asking = (baseURL: string): Promise<Answered> => ask({ baseURL, key }, brief(`hung-${(count += 1)}`))
  const askSome = async (times: number): Promise<readonly Answered[]> => {
    const answered: Answered[] = []
    for (let time = 0; time < times; time += 1) answered.push(await asking(replica.gateway.baseURL))
    return answered
  }
  const askAtOnce = (): Promise<readonly Answered[]> =>
    Promise.all(Array.from({ length: CROWD }, () => asking(replicas.baseURL())))
  /** @returns what came of it, and how often another began to count. */
  const whileHung = async <T>(work: () => Promise<T>): Promise<{ readonly done: T; readonly changes: number }> => {
    const { epoch } = await epochOf()
    process.kill(replicas.engines.redis.pid, 'SIGSTOP')
    try {
      return { done: await work(), changes: (await epochOf()).epoch - epoch }
    } finally {
      process.kill(replicas.engines.redis.pid, 'SIGCONT')
    }
  }

  await redisCounts()
  const before = await askSome(WARM)
  const one = await whileHung(async () => ({ first: await askSome(FIRST), more: await askSome(MORE) }))
  await redisCounts()
  const crowds: number[] = []
  for (let time = 0; time < CROWDS_BEFORE; time += 1) crowds.push(last(await askAtOnce()))
  const many = await whileHung(async () => ({ first: await askAtOnce(), next: await askAtOnce() }))
  const hung = [...one.done.first, ...one.done.more, ...many.done.first, ...many.done.next]
  return {
    before: percentile(before.map(took), 0.5),
    longest: Math.max(...one.done.first.map(took)),
    meanwhile: percentile(one.done.more.map(took), 0.5),
    crowd: { before: percentile(crowds, 0.5), first: last(many.done.first), next: last(many.done.next) },
    changes: one.changes + many.changes,
    admitted: hung.filter(({ ending }) => ending === 'complete').length,
    asked: hung.length,
  }
}

const took = ({ sentAt, endedAt }: Pick<Answered, 'sentAt' | 'endedAt'>): number => endedAt - sentAt

const last = (answered: readonly Answered[]): number => Math.max(...answered.map(took))
