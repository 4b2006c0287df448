import type { Replica, ReplicaSurroundings } from './replicas.ts'

/** From here on, in ms, a clock is told of: days and months of limits and invoices begin by each replica's own. */
const CLOCK_MS = 30_000

/** What the operator should know of a replica's surroundings, a line each. None keeps it from working. */
export const replicaWarnings = (surroundings: ReplicaSurroundings): string[] => [
  ...versionsOf(surroundings),
  ...configurationsOf(surroundings),
  ...clockOf(surroundings),
  ...connectionsOf(surroundings),
]

function versionsOf({ replicas }: ReplicaSurroundings): string[] {
  const self = replicas.find(({ isSelf }) => isSelf)
  const others = replicas.filter(({ version }) => version !== self?.version)
  if (self === undefined || others.length === 0) return []
  const told = others.map(({ host, pid, version }) => `${host} (process ${pid}) runs ${version}`)
  return [
    `This replica runs version ${self.version}, and ${told.join(', ')}. That is as it should be while one after the other is upgraded; ` +
      'otherwise give all of them the same version.',
  ]
}

function configurationsOf({ replicas }: ReplicaSurroundings): string[] {
  const self = replicas.find(({ isSelf }) => isSelf)
  if (self === undefined) return []
  return replicas.flatMap((other) => {
    const differing = sectionsThatDiffer(self, other)
    if (differing.length === 0) return []
    return [
      `The replica ${other.host} (process ${other.pid}) runs by another configuration than this one: ${differing.join(', ')} ` +
        `${differing.length === 1 ? 'differs' : 'differ'}. Give all of them the same file and the same variables.`,
    ]
  })
}

/** One of another version may know sections that this one does not: those are not compared. */
function sectionsThatDiffer(self: Replica, other: Replica): string[] {
  const [own, theirs] = [self.configuration, other.configuration]
  return Object.keys(own).filter((section) => theirs[section] !== undefined && theirs[section] !== own[section])
}

function clockOf({ clockAheadMs }: ReplicaSurroundings): string[] {
  if (Math.abs(clockAheadMs) < CLOCK_MS) return []
  const seconds = Math.round(Math.abs(clockAheadMs) / 1000)
  return [
    `This machine's clock is ${seconds} s ${clockAheadMs > 0 ? 'ahead of' : 'behind'} the database's, so that its days and months ` +
      'begin at another moment than those of other replicas. Let NTP set both.',
  ]
}

function connectionsOf({ replicas, mostConnections }: ReplicaSurroundings): string[] {
  const wanted = replicas.reduce((sum, { connections }) => sum + connections, 0)
  if (wanted <= mostConnections) return []
  return [
    `${replicas.length} replicas may open ${wanted} connections together, and the database takes ${mostConnections}. Raise its ` +
      'max_connections, or say less in SPEKA_DATABASE_URL: ?connections=5.',
  ]
}
