import { reasonsToRefuse, type Evidence } from '../../bench/measure/refuse.ts'

interface Changes extends Partial<Evidence['result']> {
  readonly upstreamSharesCore?: boolean
  readonly nodeVersions?: Record<string, string>
}

/** The reasons to refuse a good round after these changes. */
function reasons({ upstreamSharesCore = false, nodeVersions, ...changes }: Changes): string[] {
  const good = { count: 1000, errors: 0, errorWords: [], seconds: 2, cpu: { server: 1.9, upstream: 0.5, load: 0.6 } }
  return reasonsToRefuse({
    result: { ...good, ...changes },
    upstreamSharesCore,
    nodeVersions: nodeVersions ?? { upstream: 'v24.21.0', speka: 'v24.21.0' },
  })
}

test('a good round is reported', () => {
  expect(reasons({})).toEqual([])
})

test('a round with errors is refused, with what went wrong', () => {
  expect(reasons({ errors: 3, errorWords: ['status 500 (2 times)', 'ECONNRESET'] })).toEqual([
    '3 errors: status 500 (2 times); ECONNRESET',
  ])
})

test('a round without any answer is refused', () => {
  expect(reasons({ count: 0 })).toEqual(['nothing was answered'])
})

test('a round on mixed Node versions is refused, with who has which', () => {
  expect(reasons({ nodeVersions: { yardstick: 'v24.21.0', portkey: 'v20.20.2' } })).toEqual([
    'mixed Node versions (yardstick v24.21.0, portkey v20.20.2)',
  ])
})

test.each([
  { when: 'it had its core to itself and filled it', share: false, cpu: { server: 1.2, upstream: 0.5, load: 1.92 } },
  { when: 'it filled a core with the upstream', share: true, cpu: { server: 1.2, upstream: 0.9, load: 1.1 } },
])('a round is refused when the load generator was the bottleneck: $when', ({ share, cpu }) => {
  expect(reasons({ upstreamSharesCore: share, cpu })).toEqual([
    expect.stringMatching(/saturated \(\d+ % of a core, the/),
  ])
})

test.each([
  { when: 'the server was as busy', share: false, cpu: { server: 1.75, upstream: 0.5, load: 1.95 } },
  { when: 'the upstream has a core of its own', share: false, cpu: { server: 1, upstream: 1.2, load: 1.2 } },
  {
    when: 'the system tells no CPU times',
    share: true,
    cpu: { server: undefined, upstream: undefined, load: undefined },
  },
])('a busy load generator is no reason when $when', ({ share, cpu }) => {
  expect(reasons({ upstreamSharesCore: share, cpu })).toEqual([])
})

test('every reason is told', () => {
  const all = reasons({
    errors: 1,
    errorWords: ['status 502'],
    cpu: { server: 0.2, upstream: 0, load: 2 },
    nodeVersions: { load: 'v24.21.0', speka: 'v22.19.0' },
  })
  expect(all).toHaveLength(3)
})
