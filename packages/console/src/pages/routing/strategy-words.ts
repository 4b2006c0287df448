import type { paths } from '../../api/schema.ts'

type Strategy = paths['/api/v1/routing']['get']['responses'][200]['content']['application/json']['strategy']

/** How the targets of a model are ordered. */
export const strategyWords: Readonly<Record<Strategy, string>> = {
  ordered: 'as they are written',
  weighted: 'drawn by weight',
  price: 'the cheapest first',
  latency: 'the quickest to begin first',
  throughput: 'the fastest first',
  least_busy: 'the least busy first',
}
