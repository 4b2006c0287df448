import { replicaWarnings } from './replica-warnings.ts'
import type { Replica } from './replicas.ts'

const replica = (facts: Partial<Replica> = {}): Replica => ({
  version: '1.0.0',
  configuration: { models: 'a', plans: 'b' },
  host: 'one',
  pid: 7,
  startedAt: 0,
  connections: 10,
  isSelf: false,
  ...facts,
})
const self = replica({ isSelf: true })
const surroundings = { replicas: [self, replica({ host: 'two', pid: 8 })], clockAheadMs: 0, mostConnections: 97 }

test('replicas that run by the same are nothing to speak of', () => {
  expect(replicaWarnings(surroundings)).toEqual([])
})

test('another version is told, and not what it alone can be configured by', () => {
  const newer = replica({
    host: 'two',
    pid: 8,
    version: '2.0.0',
    configuration: { models: 'a', plans: 'b', more: 'c' },
  })
  expect(replicaWarnings({ ...surroundings, replicas: [self, newer] })).toEqual([
    'This replica runs version 1.0.0, and two (process 8) runs 2.0.0. That is as it should be while one after the other is upgraded; otherwise give all of them the same version.',
  ])
})

const other = (configuration: Record<string, string>) =>
  replicaWarnings({ ...surroundings, replicas: [self, replica({ host: 'two', pid: 8, configuration })] })

test('another configuration is told by what differs, and whose it is', () => {
  expect(other({ models: 'a', plans: 'x' })).toEqual([
    'The replica two (process 8) runs by another configuration than this one: plans differs. Give all of them the same file and the same variables.',
  ])
  expect(other({ models: 'x', plans: 'x' })[0]).toContain('models, plans differ.')
})

test.each([
  { clockAheadMs: 120_000, says: "This machine's clock is 120 s ahead of the database's" },
  { clockAheadMs: -120_000, says: "This machine's clock is 120 s behind the database's" },
])('a clock that is $clockAheadMs ms ahead is told', ({ clockAheadMs, says }) => {
  expect(replicaWarnings({ ...surroundings, clockAheadMs })).toEqual([expect.stringContaining(says)])
})

test('more connections than the database takes are told with the numbers', () => {
  expect(replicaWarnings({ ...surroundings, mostConnections: 20 })).toEqual([])
  expect(replicaWarnings({ ...surroundings, mostConnections: 19 })).toEqual([
    '2 replicas may open 20 connections together, and the database takes 19. Raise its max_connections, or say less in SPEKA_DATABASE_URL: ?connections=5.',
  ])
})
